#include "catalog/dataset_fields.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/error_codes.h"
#include "catalog/table_name.h"
#include "model/calendar_period.h"

namespace lakegate::catalog {
namespace {

namespace json = boost::json;

constexpr std::string_view default_content_type = "application/vnd.adobe.xed+json;version=1";

// Set by the server, or read into a field of its own.
constexpr std::array not_extra = {"id",
                                  "name",
                                  "description",
                                  "schemaRef",
                                  "tags",
                                  "imsOrg",
                                  "sandboxId",
                                  "viewId",
                                  "files",
                                  "basePath",
                                  "state",
                                  "namespace",
                                  "lastBatchId",
                                  "lastBatchStatus",
                                  "lastSuccessfulBatch",
                                  "lastFailedBatch",
                                  "created",
                                  "createdClient",
                                  "createdUser",
                                  "updated",
                                  "updatedUser",
                                  "version"};

constexpr std::array formats = {"", "parquet", "csv", "text", "json", "sequencefile", "avro"};

const json::value* present(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string_view type_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return "a boolean";
    case json::kind::string: return "a text";
    case json::kind::array: return "a list";
    case json::kind::object: return "an object";
    default: return "a number";
  }
}

std::unexpected<Error> wrong_type(std::string_view member, const json::value& found, std::string_view expected) {
  return fail(codes::invalid_argument, "Member {} is {}; expected {}.", member, type_of(found), expected);
}

Result<std::string> read_text(const json::object& object, std::string_view name, std::string_view path,
                              size_t bytes_max) {
  const json::value* value = present(object, name);
  if (value == nullptr) return std::string();
  if (!value->is_string()) return wrong_type(path, *value, "a text");
  std::string text(value->get_string());
  if (text.size() > bytes_max) {
    return fail(codes::invalid_argument, "Member {} has {} bytes; expected at most {}.", path, text.size(), bytes_max);
  }
  if (text.find('\0') != std::string::npos)
    return fail(codes::invalid_argument, "Member {} holds the character U+0000; leave it out.", path);
  return text;
}

Result<std::string> read_name(const json::object& document) {
  LG_ASSIGN(std::string name, read_text(document, "name", "name", dataset_name_bytes_max));
  const bool blank = std::ranges::all_of(name, [](char c) { return c == ' ' || c == '\t'; });
  if (blank) return fail(codes::invalid_argument, "Member name is missing or blank; expected the dataset's name.");
  if (std::ranges::any_of(name, [](unsigned char c) { return c < 0x20; }))
    return fail(codes::invalid_argument, "Member name holds a control character; expected one line of text.");
  return name;
}

Result<std::string> read_content_type(const json::object& reference) {
  LG_ASSIGN(std::string text, read_text(reference, "contentType", "schemaRef.contentType", 200));
  if (text.empty()) return std::string(default_content_type);
  std::string form = ascii::lower(text);
  std::erase(form, ' ');
  std::string_view rest = form;
  for (const std::string_view family : {"application/vnd.adobe.xed", "application/vnd.adobe.xdm"}) {
    if (rest.starts_with(family)) rest.remove_prefix(family.size());
  }
  if (rest.starts_with("-full")) rest.remove_prefix(5);
  if (rest.starts_with("-notext")) rest.remove_prefix(7);
  const bool known =
      rest.size() < form.size() && (rest == "+json" || rest == "+json;version=1" || rest == "+json;version=1.0");
  if (known) return text;
  return fail(codes::invalid_argument, "Member schemaRef.contentType is \"{}\"; expected {}, or xed-full.", text,
              default_content_type);
}

Status read_schema_reference(const json::object& document, DatasetFields& fields) {
  const json::value* value = present(document, "schemaRef");
  if (value == nullptr) {
    return fail(codes::invalid_argument,
                "Member schemaRef is missing; expected {{\"id\": the $id of a schema, \"contentType\": \"{}\"}}.",
                default_content_type);
  }
  if (!value->is_object()) return wrong_type("schemaRef", *value, "an object with id and contentType");
  const json::object& reference = value->get_object();
  LG_ASSIGN(std::string id, read_text(reference, "id", "schemaRef.id", 2'000));
  if (id.empty()) return fail(codes::invalid_argument, "Member schemaRef.id is missing; expected a schema's $id.");
  fields.schema_id = ResourceId(std::move(id));
  LG_ASSIGN(fields.schema_content_type, read_content_type(reference));
  return {};
}

Status check_tag_text(std::string_view key, std::string_view text) {
  if (text.size() <= dataset_tag_bytes_max && text.find('\0') == std::string_view::npos) return {};
  return fail(codes::invalid_argument, "Member tags, \"{}\": expected texts of at most {} bytes, without U+0000.",
              key.substr(0, 100), dataset_tag_bytes_max);
}

// A list of texts; a single text counts as a list of one.
Result<std::vector<std::string>> read_tag_values(std::string_view key, const json::value& value) {
  LG_TRY(check_tag_text(key, key));
  std::vector<std::string> values;
  const json::array single{value};
  const json::array& list = value.is_array() ? value.get_array() : single;
  if (list.size() > dataset_tags_max) {
    return fail(codes::invalid_argument, "Member tags, \"{}\" has {} values; expected at most {}.", key, list.size(),
                dataset_tags_max);
  }
  for (const json::value& one : list) {
    if (!one.is_string()) return wrong_type(fmt::format("tags, \"{}\"", key), one, "a list of texts");
    LG_TRY(check_tag_text(key, one.get_string()));
    values.emplace_back(one.get_string());
  }
  return values;
}

Status read_tags(const json::object& document, DatasetFields& fields) {
  const json::value* value = present(document, "tags");
  if (value == nullptr) return {};
  if (!value->is_object()) return wrong_type("tags", *value, "an object: key to list of texts");
  if (value->get_object().size() > dataset_tags_max) {
    return fail(codes::invalid_argument, "Member tags has {} keys; expected at most {}.", value->get_object().size(),
                dataset_tags_max);
  }
  for (const auto& [key, of_key] : value->get_object()) {
    if (of_key.is_null()) continue;
    LG_ASSIGN(std::vector<std::string> values, read_tag_values(key, of_key));
    if (std::string_view(key) != table_name_tag) {
      fields.tags[std::string(key)] = std::move(values);
    } else if (!values.empty()) {
      LG_TRY(check_table_name(values.front()));
      fields.table_name = std::move(values.front());
    }
  }
  return {};
}

Status check_file_description(const json::object& extra) {
  const json::value* value = extra.if_contains("fileDescription");
  if (value == nullptr) return {};
  if (!value->is_object()) return wrong_type("fileDescription", *value, "an object with format");
  const json::value* format = present(value->get_object(), "format");
  if (format == nullptr) return {};
  if (!format->is_string()) return wrong_type("fileDescription.format", *format, "a text");
  if (std::ranges::find(formats, ascii::lower(format->get_string())) != formats.end()) return {};
  return fail(codes::invalid_argument,
              "Member fileDescription.format is \"{}\"; expected parquet, json, csv, text, avro or sequencefile.",
              std::string_view(format->get_string()).substr(0, 100));
}

// What a GET shows of the server's setting is no wish of the client's when it is sent back.
Status read_row_expiration(json::object& extra) {
  json::value* member = &extra["extensions"];
  if (member->is_null()) {
    extra.erase("extensions");
    return {};
  }
  if (!member->is_object()) return wrong_type("extensions", *member, "an object");
  for (const char* name : {"adobe_lakeHouse", "rowExpiration"}) {
    json::value* inner = member->get_object().if_contains(name);
    if (inner == nullptr || inner->is_null()) return {};
    if (!inner->is_object()) return wrong_type(fmt::format("extensions, {}", name), *inner, "an object");
    member = inner;
  }
  json::object& expiration = member->get_object();
  const json::value* status = present(expiration, "valueStatus");
  if (status != nullptr && *status == "default") expiration.clear();
  const json::value* time = present(expiration, "ttlValue");
  if (time == nullptr || (time->is_string() && parse_calendar_period(time->get_string()))) return {};
  return fail(codes::invalid_argument,
              "Member extensions.adobe_lakeHouse.rowExpiration.ttlValue is {}; expected how long batches stay as ISO "
              "8601 writes it, like \"P3Y\", \"P6M\" or \"P30D\", or null for the server's own time.",
              std::string(json::serialize(*time)).substr(0, 100));
}

Status read_extra(const json::object& document, DatasetFields& fields) {
  for (const auto& [key, value] : document) {
    const bool kept = !value.is_null() && std::ranges::find(not_extra, std::string_view(key)) == not_extra.end();
    if (kept) fields.extra[key] = value;
  }
  LG_TRY(check_file_description(fields.extra));
  LG_TRY(read_row_expiration(fields.extra));
  if (const json::value* of = fields.extra.if_contains("classification"); of != nullptr && !of->is_object())
    return wrong_type("classification", *of, "an object with dataBehavior and managedBy");
  const std::string text = json::serialize(fields.extra);
  if (text.size() > dataset_extra_bytes_max) {
    return fail(codes::invalid_argument, "The dataset's further members have {} bytes of JSON; expected at most {}.",
                text.size(), dataset_extra_bytes_max);
  }
  // A JSON Patch can nest deeper than a parser goes that reads it later.
  boost::system::error_code unreadable;
  json::parse(text, unreadable);
  if (!unreadable) return {};
  return fail(codes::invalid_argument, "The dataset's further members cannot be kept: {}.", unreadable.message());
}

}  // namespace

Result<DatasetFields> read_dataset_fields(const json::object& document) {
  DatasetFields fields;
  LG_ASSIGN(fields.name, read_name(document));
  LG_ASSIGN(fields.description, read_text(document, "description", "description", dataset_description_bytes_max));
  LG_TRY(read_schema_reference(document, fields));
  LG_TRY(read_tags(document, fields));
  LG_TRY(read_extra(document, fields));
  return fields;
}

}  // namespace lakegate::catalog
