#include "xdm/names.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "model/error_codes.h"
#include "xdm/merge.h"

namespace lakegate::xdm {
namespace {

using boost::json::array;

// direct-mail → directMail
std::string without_dashes(std::string_view text) {
  std::string out;
  bool raise = false;
  for (const char c : text) {
    if (c == '-') {
      raise = !out.empty();
      continue;
    }
    out += raise ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    raise = false;
  }
  return out.empty() ? std::string(text) : out;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::vector<std::string> path_of_url(std::string_view name, size_t scheme_size) {
  const std::string_view rest = name.substr(scheme_size);
  const size_t host_end = std::min(rest.find('/'), rest.size());
  const std::string_view host = rest.substr(0, host_end);
  std::vector<std::string_view> parts = split(rest.substr(host_end), "/#");
  if (host != "ns.adobe.com") {
    std::vector<std::string_view> whole = split(host, ".");
    whole.insert(whole.end(), parts.begin(), parts.end());
    parts = std::move(whole);
  } else if (parts.size() > 1 && parts.front() == "xdm") {
    parts.erase(parts.begin());
    if (parts.size() == 1) return {without_dashes(parts.front())};
  }
  std::vector<std::string> path;
  for (const std::string_view part : parts) path.push_back((path.empty() ? "_" : "") + without_dashes(part));
  if (path.empty()) path.emplace_back(name);
  return path;
}

// Renames below one schema object; `verbatim`: names stay, as below `_adhoc`.
class Renamer {
 public:
  Result<JsonObject> schema(const JsonObject& from, bool verbatim);

 private:
  Result<JsonValue> member(std::string_view key, const JsonValue& value, bool verbatim);
  Result<JsonObject> each(const JsonObject& from, bool verbatim);
  Status properties(const JsonObject& from, JsonObject& to, bool verbatim);
  Status required(const array& from, JsonObject& to);
};

Result<std::vector<std::string>> path_of(std::string_view name, bool verbatim) {
  if (verbatim) return std::vector{std::string(name)};
  std::vector<std::string> path = xed_path(name);
  if (path.size() <= name_segments_max) return path;
  return fail(codes::schema_invalid, "The name \"{}…\" has {} segments; at most {} are possible.", name.substr(0, 100),
              path.size(), name_segments_max);
}

// `leaf` as the innermost of nested objects named by path[from..].
JsonObject nest(const std::vector<std::string>& path, size_t from, JsonObject leaf) {
  for (size_t at = path.size(); at > from; --at) {
    JsonObject outer;
    outer["type"] = "object";
    outer["meta:xdmType"] = "object";
    outer["properties"] = JsonObject{{path[at - 1], std::move(leaf)}};
    leaf = std::move(outer);
  }
  return leaf;
}

JsonObject& properties_of(JsonObject& schema) {
  JsonValue& properties = schema["properties"];
  if (!properties.is_object()) properties.emplace_object();
  return properties.get_object();
}

Status Renamer::properties(const JsonObject& from, JsonObject& to, bool verbatim) {
  JsonObject& properties = properties_of(to);
  for (const auto& [name, value] : from) {
    if (!value.is_object()) {
      return fail(codes::schema_invalid, "Property \"{}\" is not an object; it must be a field's definition.",
                  std::string_view(name));
    }
    LG_ASSIGN(JsonObject field, schema(value.get_object(), verbatim || name == "_adhoc"));
    LG_ASSIGN(const std::vector<std::string> path, path_of(name, verbatim));
    if (path.size() > 1 || path.front() != std::string_view(name)) {
      if (!field.contains("meta:xdmField")) field["meta:xdmField"] = name;
    }
    LG_TRY(merge_property(properties, path.front(), nest(path, 1, std::move(field))));
  }
  return {};
}

Status Renamer::required(const array& from, JsonObject& to) {
  array names;
  for (const JsonValue& value : from) {
    if (!value.is_string()) return fail(codes::schema_invalid, "\"required\" holds something that is not a name.");
    LG_ASSIGN(const std::vector<std::string> path, path_of(value.get_string(), false));
    if (std::ranges::find(names, JsonValue(path.front())) == names.end()) names.emplace_back(path.front());
    if (path.size() == 1) continue;
    JsonObject below{{"type", "object"}, {"required", array{JsonValue(path.back())}}};
    for (size_t at = path.size() - 2; at > 0; --at) {
      below = JsonObject{
          {"type", "object"}, {"required", array{JsonValue(path[at])}}, {"properties", JsonObject{{path[at], below}}}};
    }
    LG_TRY(merge_property(properties_of(to), path.front(), std::move(below)));
  }
  LG_TRY(merge_schema(to, JsonObject{{"required", std::move(names)}}));
  return {};
}

Result<JsonObject> Renamer::each(const JsonObject& from, bool verbatim) {
  JsonObject to;
  for (const auto& [key, value] : from) {
    if (!value.is_object()) continue;  // definitions may hold notes of any kind; only schemas can be referred to
    LG_ASSIGN(to[key], schema(value.get_object(), verbatim));
  }
  return to;
}

Result<JsonValue> Renamer::member(std::string_view key, const JsonValue& value, bool verbatim) {
  if (value.is_object()) {
    if (key == "definitions" || key == "patternProperties") return each(value.get_object(), verbatim);
    if (key == "items" || key == "additionalProperties" || key == "not") return schema(value.get_object(), verbatim);
  }
  if (value.is_array() && (key == "allOf" || key == "oneOf" || key == "anyOf" || key == "items")) {
    array list;
    for (const JsonValue& entry : value.get_array()) {
      if (!entry.is_object()) return fail(codes::schema_invalid, "\"{}\" holds something that is not an object.", key);
      LG_ASSIGN(JsonObject renamed, schema(entry.get_object(), verbatim));
      list.emplace_back(std::move(renamed));
    }
    return list;
  }
  return value;
}

Result<JsonObject> Renamer::schema(const JsonObject& from, bool verbatim) {
  JsonObject to;
  for (const auto& [key, value] : from) {
    if (key == "properties" && value.is_object()) {
      LG_TRY(properties(value.get_object(), to, verbatim));
    } else if (key == "required" && !value.is_array()) {
      return fail(codes::schema_invalid, "\"required\" must be a list of names, beside \"properties\".");
    } else if (key == "required" && !verbatim) {
      LG_TRY(required(value.get_array(), to));
    } else {
      LG_ASSIGN(to[key], member(key, value, verbatim));
    }
  }
  return to;
}

}  // namespace

std::vector<std::string> xed_path(std::string_view xdm_name) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (xdm_name.starts_with(scheme)) return path_of_url(xdm_name, scheme.size());
  }
  if (xdm_name.starts_with('@') && xdm_name.size() > 1) return {"_" + without_dashes(xdm_name.substr(1))};
  const size_t colon = xdm_name.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == xdm_name.size()) return {std::string(xdm_name)};
  std::string name = without_dashes(xdm_name.substr(colon + 1));
  if (xdm_name.substr(0, colon) == "xdm") return {std::move(name)};
  return {"_" + without_dashes(xdm_name.substr(0, colon)), std::move(name)};
}

Result<JsonObject> with_xed_names(const JsonObject& document) { return Renamer().schema(document, false); }

}  // namespace lakegate::xdm
