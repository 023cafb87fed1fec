#include "auth/grants.h"

#include <boost/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/error_codes.h"
#include "ledger/client_grants.h"
#include "ledger/datasets.h"
#include "ledger/orgs.h"

namespace lakegate::auth {
namespace {

namespace json = boost::json;

constexpr std::string_view form =
    R"({"rights": ["read", "ingest", "manage"], "sandbox": name or null, "datasets": [id, …] or null})";

class Reading {
 public:
  Reading(ReadTx& tx, OrgNumber org) : tx_(tx), org_(org) {}

  Result<Grant> grant(const json::value& value, size_t index) {
    index_ = index;
    if (!value.is_object()) return wrong("", json::serialize(value), form);
    for (const auto& [name, member] : value.get_object()) {
      if (name != "rights" && name != "sandbox" && name != "datasets") return wrong(name, "it", form);
    }
    Grant made;
    LG_ASSIGN(made.rights, rights(value.get_object().if_contains("rights")));
    LG_ASSIGN(made.sandbox, sandbox(value.get_object().if_contains("sandbox")));
    LG_ASSIGN(made.datasets, datasets(value.get_object().if_contains("datasets"), made.sandbox));
    return made;
  }

 private:
  std::unexpected<Error> wrong(std::string_view member, std::string_view found, std::string_view expected) const {
    return fail(codes::invalid_argument, "grants[{}]{}{}: found {}; expected {}.", index_, member.empty() ? "" : ".",
                member, found, expected);
  }

  Result<Rights> rights(const json::value* value) const {
    constexpr std::string_view expected = "some of \"read\", \"ingest\" and \"manage\", in a list";
    if (value == nullptr) return wrong("rights", "nothing", expected);
    if (!value->is_array() || value->get_array().empty()) return wrong("rights", json::serialize(*value), expected);
    Rights made;
    for (const json::value& one : value->get_array()) {
      const auto right = one.is_string() ? parse_right(one.get_string()) : std::nullopt;
      if (!right) return wrong("rights", json::serialize(one), expected);
      made = made | *right;
    }
    return made;
  }

  Result<std::optional<SandboxNumber>> sandbox(const json::value* value) const {
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (!value->is_string()) return wrong("sandbox", json::serialize(*value), "the name of a sandbox, or null");
    const auto found = ledger::find_sandbox(tx_, org_, std::string_view(value->get_string()));
    if (found) return std::optional(found->scope.sandbox);
    if (found.error().kind() != ErrorKind::not_found) return std::unexpected(found.error());
    return wrong("sandbox", json::serialize(*value), "the name of a sandbox of the org, or null");
  }

  Result<std::optional<std::vector<DatasetId>>> datasets(const json::value* value,
                                                         std::optional<SandboxNumber> sandbox) {
    constexpr std::string_view expected = "a list of ids of datasets, not empty, or null";
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (!value->is_array() || value->get_array().empty()) return wrong("datasets", json::serialize(*value), expected);
    std::vector<DatasetId> made;
    for (const json::value& one : value->get_array()) {
      if (!one.is_string()) return wrong("datasets", json::serialize(one), expected);
      if (++dataset_count_ > datasets_per_key_max) {
        return fail(codes::invalid_argument, "grants: more than {} datasets; expected at most that many in all.",
                    datasets_per_key_max);
      }
      DatasetId id{std::string(one.get_string())};
      LG_TRY(check_dataset(id, sandbox));
      made.push_back(std::move(id));
    }
    std::ranges::sort(made);
    made.erase(std::ranges::unique(made).begin(), made.end());
    return std::optional(std::move(made));
  }

  Status check_dataset(const DatasetId& id, std::optional<SandboxNumber> sandbox) const {
    const auto found = ledger::get_dataset(tx_, id);
    if (!found && found.error().kind() != ErrorKind::not_found) return std::unexpected(found.error());
    const bool lives = found && !found->deleted && found->scope.org == org_;
    if (lives && (!sandbox || found->scope.sandbox == *sandbox)) return {};
    return wrong("datasets", json::serialize(json::value(id.text())),
                 sandbox ? "the id of a dataset of that sandbox" : "the id of a dataset of the org");
  }

  ReadTx& tx_;
  OrgNumber org_;
  size_t index_ = 0;
  int64_t dataset_count_ = 0;
};

json::array names_of(Rights rights) {
  json::array names;
  for (const Right right : all_rights) {
    if (rights.has(right)) names.emplace_back(to_string(right));
  }
  return names;
}

}  // namespace

Result<std::optional<std::vector<Grant>>> read_grants(ReadTx& tx, OrgNumber org, const json::value& value) {
  if (value.is_null()) return std::nullopt;
  if (!value.is_array() || value.get_array().empty() || std::ssize(value.get_array()) > ledger::grants_per_client_max) {
    return fail(codes::invalid_argument, "grants: expected null, or a list of 1 to {} entries like {}.",
                ledger::grants_per_client_max, form);
  }
  Reading reading(tx, org);
  std::vector<Grant> made;
  for (const json::value& one : value.get_array()) {
    LG_ASSIGN(Grant grant, reading.grant(one, made.size()));
    made.push_back(std::move(grant));
  }
  return std::optional(std::move(made));
}

Result<json::value> render_grants(ReadTx& tx, OrgNumber org, const std::optional<std::vector<Grant>>& grants) {
  if (!grants) return json::value(nullptr);
  json::array list;
  for (const Grant& grant : *grants) {
    json::object shown{{"rights", names_of(grant.rights)}, {"sandbox", nullptr}, {"datasets", nullptr}};
    if (grant.sandbox) {
      const auto sandbox = ledger::get_sandbox(tx, {.org = org, .sandbox = *grant.sandbox});
      if (!sandbox && sandbox.error().kind() == ErrorKind::not_found) continue;
      if (!sandbox) return std::unexpected(sandbox.error());
      if (sandbox->deleted) continue;
      shown["sandbox"] = sandbox->name;
    }
    if (grant.datasets) {
      json::array ids;
      for (const DatasetId& id : *grant.datasets) ids.emplace_back(id.text());
      shown["datasets"] = std::move(ids);
    }
    list.push_back(std::move(shown));
  }
  return json::value(std::move(list));
}

}  // namespace lakegate::auth
