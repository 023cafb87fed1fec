#include "api/batch_order.h"

#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "api/replay_json.h"
#include "base/utf8.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr std::string_view example = R"({"datasetId": "…", "inputFormat": {"format": "parquet"}})";
constexpr size_t quoted_code_points_max = 100;

std::string found_text(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return value.get_bool() ? "true" : "false";
    case json::kind::string: return fmt::format("\"{}\"", printable(value.get_string(), quoted_code_points_max));
    case json::kind::array: return "a list";
    case json::kind::object: return "an object";
    default: return fmt::format("the number {}", json::serialize(value));
  }
}

std::unexpected<Error> wrong(std::string_view member, const json::value& found, std::string_view expected) {
  return fail(codes::invalid_argument, "Member {} is {}; expected {}.", member, found_text(found), expected);
}

// Null counts as absent.
const json::value* find(const json::object& object, std::string_view member) {
  const json::value* value = object.if_contains(member);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Result<json::object> parse(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return fail(codes::invalid_argument,
                "The request has no body, so datasetId is missing; expected a JSON object like {}. With curl: --data "
                "'…', and a backslash at the end of each line but the last.",
                example);
  }
  json::parser parser;
  boost::system::error_code error;
  const size_t parsed = parser.write_some(body, error);
  const bool more = !error && body.find_first_not_of(" \t\r\n", parsed) != std::string_view::npos;
  if (error || more) {
    return fail(codes::invalid_argument,
                "The body is not JSON at byte {} of {}: {}. Expected an object with datasetId, like {}.", parsed,
                body.size(), more ? "more text follows the value" : error.message(), example);
  }
  json::value value = parser.release();
  if (json::object* object = value.if_object()) return std::move(*object);
  return fail(codes::invalid_argument, "The body is {}; expected a JSON object with datasetId, like {}.",
              found_text(value), example);
}

Result<std::string> read_dataset(const json::object& body) {
  const json::value* value = find(body, "datasetId");
  if (value == nullptr) {
    return fail(codes::invalid_argument, "Member datasetId is missing; expected the id of a dataset, like {}.",
                example);
  }
  if (!value->is_string() || value->get_string().empty())
    return wrong("datasetId", *value, "the id of a dataset as text");
  return std::string(value->get_string());
}

json::object without_nulls(const json::object& object) {
  json::object kept;
  for (const auto& [name, value] : object) {
    if (!value.is_null()) kept.emplace(name, value);
  }
  return kept;
}

Status read_format(const json::object& body, pipeline::BatchOrder& order) {
  const json::value* value = find(body, "inputFormat");
  if (value == nullptr) return {};
  const json::object* format = value->if_object();
  if (format == nullptr) return wrong("inputFormat", *value, R"(an object like {"format": "parquet"})");
  order.input_format_json = json::serialize(without_nulls(*format));
  if (order.input_format_json.size() > batch_json_bytes_max) {
    return fail(codes::invalid_argument, "Member inputFormat has {} bytes; at most {} are kept.",
                order.input_format_json.size(), batch_json_bytes_max);
  }
  const json::value* word = find(*format, "format");
  if (word == nullptr) return {};
  const auto known = word->is_string() ? parse_input_format(word->get_string()) : std::nullopt;
  if (!known) return wrong("inputFormat.format", *word, R"("parquet", "json" or "csv")");
  order.format = *known;
  return {};
}

enum class FormatMember { text, yes_no, text_or_yes_no };

// They are kept and given back; nothing reads them yet, so that only their shape counts.
constexpr std::array format_members = {
    std::pair{"isMultiLineJson", FormatMember::yes_no},
    std::pair{"delimiter", FormatMember::text},
    std::pair{"quote", FormatMember::text},
    std::pair{"escape", FormatMember::text},
    std::pair{"nullMarker", FormatMember::text},
    std::pair{"charset", FormatMember::text},
    std::pair{"header", FormatMember::text_or_yes_no},
};

Status check_format_members(const json::object& body) {
  const json::value* format = find(body, "inputFormat");
  if (format == nullptr || !format->is_object()) return {};
  for (const auto& [name, kind] : format_members) {
    const json::value* value = find(format->get_object(), name);
    if (value == nullptr) continue;
    const bool fits =
        (value->is_string() && kind != FormatMember::yes_no) || (value->is_bool() && kind != FormatMember::text);
    if (!fits)
      return wrong(fmt::format("inputFormat.{}", name), *value, kind == FormatMember::text ? "text" : "true or false");
  }
  return {};
}

Status read_external_id(const json::object& body, pipeline::BatchOrder& order) {
  const json::value* value = find(body, "externalId");
  if (value == nullptr) return {};
  if (!value->is_string()) return wrong("externalId", *value, "text");
  if (value->get_string().size() > external_id_bytes_max) {
    return fail(codes::invalid_argument, "Member externalId has {} bytes; expected {} at most.",
                value->get_string().size(), external_id_bytes_max);
  }
  order.external_id = value->get_string();
  return {};
}

bool is_scalar(const json::value& value) { return value.is_string() || value.is_bool() || value.is_number(); }

bool is_text_list(const json::value& value) {
  return value.is_array() && std::ranges::all_of(value.get_array(), [](const auto& each) { return each.is_string(); });
}

Result<json::object> read_tags(const json::object& body) {
  const json::value* value = find(body, "tags");
  if (value == nullptr) return json::object();
  if (!value->is_object()) return wrong("tags", *value, R"(an object like {"source": ["shop"]})");
  for (const auto& [name, tag] : value->get_object()) {
    if (is_text_list(tag) || is_scalar(tag)) continue;
    return wrong(fmt::format("tags.{}", printable(name, quoted_code_points_max)), tag,
                 R"(a list of texts like ["shop"])");
  }
  return value->get_object();
}

Result<bool> read_diagnostics(const json::object& body) {
  const json::value* value = find(body, "enableErrorDiagnostics");
  if (value == nullptr) return false;
  if (!value->is_bool()) return wrong("enableErrorDiagnostics", *value, "true or false");
  return value->get_bool();
}

Status read_replaced(const json::object& body, pipeline::BatchOrder& order) {
  const json::value* value = find(body, "replay");
  if (value == nullptr) return {};
  LG_ASSIGN(order.replay, read_replay(*value));
  return {};
}

// Both spellings are in use.
Status refuse_partial_ingestion(const json::object& body) {
  for (const std::string_view member : {"partialIngestionPercent", "partialIngestionPercentage"}) {
    const json::value* value = find(body, member);
    if (value == nullptr) continue;
    boost::system::error_code no_number;
    const auto percent = value->to_number<double>(no_number);
    if (no_number || percent < 0 || percent > 100) return wrong(member, *value, "a number from 0 to 100");
    if (percent == 0) continue;
    return fail(codes::not_offered,
                "Member {} is {}: partial ingestion is not offered yet, and nothing was created. A batch is loaded "
                "whole or, with each error named, not at all. Leave the member out or send 0.",
                member, json::serialize(*value));
  }
  return {};
}

}  // namespace

Result<pipeline::BatchOrder> read_batch_order(std::string_view body) {
  LG_ASSIGN(const json::object members, parse(body));
  pipeline::BatchOrder order;
  LG_ASSIGN(std::string dataset, read_dataset(members));
  order.dataset = DatasetId(std::move(dataset));
  LG_TRY(read_format(members, order));
  LG_TRY(check_format_members(members));
  LG_TRY(read_external_id(members, order));
  LG_TRY(read_replaced(members, order));
  LG_TRY(refuse_partial_ingestion(members));
  LG_ASSIGN(json::object tags, read_tags(members));
  LG_ASSIGN(const bool diagnostics, read_diagnostics(members));
  if (diagnostics) tags["acp_enableErrorDiagnostics"] = true;
  order.tags_json = json::serialize(tags);
  if (order.tags_json.size() <= batch_json_bytes_max) return order;
  return fail(codes::invalid_argument, "Member tags has {} bytes; at most {} are kept.", order.tags_json.size(),
              batch_json_bytes_max);
}

}  // namespace lakegate::api
