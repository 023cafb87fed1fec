#include "api/replay_json.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error_codes.h"
#include "base/utf8.h"
#include "ledger/replays.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr std::string_view example = R"({"reason": "replace", "predecessors": ["ID of a batch"]})";
constexpr std::string_view only_reason = "replace";
constexpr size_t id_bytes_max = 512;

// Documents and clients write ids as variables, too.
std::string_view without_dollar(std::string_view id) {
  if (!id.starts_with('$')) return id;
  id.remove_prefix(1);
  if (id.starts_with('{') && id.ends_with('}')) return id.substr(1, id.size() - 2);
  return id;
}

// Null counts as absent.
const json::value* find(const json::object& object, std::string_view member) {
  const json::value* value = object.if_contains(member);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Result<std::vector<std::string>> read_list(const json::object& replay, std::string_view member) {
  const json::value* value = find(replay, member);
  if (value == nullptr) return std::vector<std::string>();
  const auto wrong = [&] {
    return fail(codes::invalid_argument, "Member replay.{} is not a list of texts; expected one like {}.", member,
                example);
  };
  if (!value->is_array()) return wrong();
  std::vector<std::string> list;
  for (const json::value& entry : value->get_array()) {
    if (!entry.is_string()) return wrong();
    const std::string_view id = without_dollar(entry.get_string());
    if (id.empty() || id.size() > id_bytes_max) {
      return fail(codes::invalid_argument, "Member replay.{}: an entry has {} bytes; expected 1 to {}.", member,
                  id.size(), id_bytes_max);
    }
    list.emplace_back(id);
  }
  return list;
}

Result<std::string> read_reason(const json::object& replay) {
  const json::value* value = find(replay, "reason");
  if (value == nullptr) return std::string(only_reason);
  if (value->is_string() && value->get_string() == only_reason) return std::string(only_reason);
  return fail(codes::invalid_argument, "Member replay.reason is {}; expected \"{}\".",
              printable(json::serialize(*value), 100), only_reason);
}

}  // namespace

Result<pipeline::ReplayOrder> read_replay(const json::value& value) {
  const json::object* replay = value.if_object();
  if (replay == nullptr) {
    return fail(codes::invalid_argument, "Member replay is not an object; expected one like {}.", example);
  }
  pipeline::ReplayOrder order;
  LG_ASSIGN(order.reason, read_reason(*replay));
  LG_ASSIGN(order.ids, read_list(*replay, "predecessors"));
  LG_ASSIGN(order.external_ids, read_list(*replay, "predecessorsByExternalId"));
  const size_t count = order.ids.size() + order.external_ids.size();
  if (count <= pipeline::predecessors_max) return order;
  return fail(codes::invalid_argument, "Member replay names {} batches; expected {} at most.", count,
              pipeline::predecessors_max);
}

json::object render_replay(const Replay& replay) {
  json::array ids;
  json::array external_ids;
  for (const Predecessor& predecessor : replay.predecessors) {
    if (predecessor.external_id.empty()) {
      ids.emplace_back(predecessor.id.text());
    } else {
      external_ids.emplace_back(predecessor.external_id);
    }
  }
  return {{"predecessors", std::move(ids)},
          {"predecessorsByExternalId", std::move(external_ids)},
          {"predecessorListingType", "IMMEDIATE"},
          {"reason", replay.reason}};
}

Status add_replay(ReadTx& tx, const BatchId& id, json::object& batch) {
  LG_ASSIGN(const std::optional<Replay> replay, ledger::replay_of(tx, id));
  if (replay) batch["replay"] = render_replay(*replay);
  return {};
}

}  // namespace lakegate::api
