#include "xdm/compare.h"

#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "xdm/field_type.h"

namespace lakegate::xdm {
namespace {

using boost::json::array;

bool holds(const array& list, const JsonValue& value) { return std::ranges::find(list, value) != list.end(); }

std::optional<double> number(const JsonObject& field, std::string_view keyword) {
  const JsonValue* value = field.if_contains(keyword);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

class Comparison {
 public:
  void record(const JsonObject& before, const JsonObject& after, const std::string& path);
  std::vector<Incompatibility> take() { return std::move(found_); }

 private:
  void field(const JsonObject& before, const JsonObject& after, const std::string& path);
  void constraints(const JsonObject& before, const JsonObject& after, const std::string& path);
  void lower_bound(const JsonObject& before, const JsonObject& after, std::string_view keyword,
                   const std::string& path);
  void upper_bound(const JsonObject& before, const JsonObject& after, std::string_view keyword,
                   const std::string& path);
  void allowed_values(const JsonObject& before, const JsonObject& after, const std::string& path);
  void say(const std::string& path, std::string problem) { found_.push_back({path, std::move(problem)}); }

  std::vector<Incompatibility> found_;
};

void Comparison::lower_bound(const JsonObject& before, const JsonObject& after, std::string_view keyword,
                             const std::string& path) {
  const auto was = number(before, keyword);
  const auto is = number(after, keyword);
  if (!is || (was && *is <= *was)) return;
  say(path, fmt::format("\"{}\" was {}, is {}: values that were good would be refused.", keyword,
                        was ? fmt::to_string(*was) : "absent", *is));
}

void Comparison::upper_bound(const JsonObject& before, const JsonObject& after, std::string_view keyword,
                             const std::string& path) {
  const auto was = number(before, keyword);
  const auto is = number(after, keyword);
  if (!is || (was && *is >= *was)) return;
  say(path, fmt::format("\"{}\" was {}, is {}: values that were good would be refused.", keyword,
                        was ? fmt::to_string(*was) : "absent", *is));
}

void Comparison::allowed_values(const JsonObject& before, const JsonObject& after, const std::string& path) {
  const array* is = array_member(after, "enum");
  if (is != nullptr) {
    const array* was = array_member(before, "enum");
    if (was == nullptr) say(path, "\"enum\" is new: values that were good would be refused.");
    for (const JsonValue& value : was != nullptr ? *was : array()) {
      if (!holds(*is, value)) say(path, fmt::format("\"enum\" no longer has {}.", boost::json::serialize(value)));
    }
  }
  for (const std::string_view keyword : {"const", "pattern"}) {
    const JsonValue* now = after.if_contains(keyword);
    const JsonValue* then = before.if_contains(keyword);
    if (now == nullptr || (then != nullptr && *then == *now)) continue;
    say(path, fmt::format("\"{}\" was {}, is {}.", keyword, then != nullptr ? boost::json::serialize(*then) : "absent",
                          boost::json::serialize(*now)));
  }
}

void Comparison::constraints(const JsonObject& before, const JsonObject& after, const std::string& path) {
  for (const std::string_view keyword : {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}) {
    lower_bound(before, after, keyword, path);
  }
  for (const std::string_view keyword : {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}) {
    upper_bound(before, after, keyword, path);
  }
  allowed_values(before, after, path);
  const JsonValue* unique = after.if_contains("uniqueItems");
  const JsonValue* was_unique = before.if_contains("uniqueItems");
  if (unique != nullptr && *unique == true && (was_unique == nullptr || *was_unique != true))
    say(path, "\"uniqueItems\" is new.");
}

void Comparison::field(const JsonObject& before, const JsonObject& after, const std::string& path) {
  const FieldType was = field_type(before);
  const FieldType is = field_type(after);
  const bool wider_integer = is_integer(was) && is_integer(is) && was <= is && is != FieldType::long_integer;
  if (was != is && !wider_integer) {
    say(path, fmt::format("The type was {}, is {}.", to_string(was), to_string(is)));
    return;
  }
  constraints(before, after, path);
  if (was == FieldType::object) return record(before, after, path);
  if (was == FieldType::array) {
    const JsonObject* items_before = object_member(before, "items");
    const JsonObject* items_after = object_member(after, "items");
    if (items_before != nullptr && items_after != nullptr) field(*items_before, *items_after, path + "[]");
  }
  if (was == FieldType::map && map_value(before) != nullptr && map_value(after) != nullptr) {
    field(*map_value(before), *map_value(after), path + "{}");
  }
}

void Comparison::record(const JsonObject& before, const JsonObject& after, const std::string& path) {
  const JsonObject* properties = object_member(before, "properties");
  const JsonObject* properties_after = object_member(after, "properties");
  if (properties == nullptr) return;
  const array* required = array_member(before, "required");
  const array* required_after = array_member(after, "required");
  for (const auto& [name, value] : *properties) {
    const std::string below = path.empty() ? std::string(name) : path + "." + std::string(name);
    const JsonObject* now = properties_after != nullptr ? object_member(*properties_after, name) : nullptr;
    if (now == nullptr) {
      say(below, "The field was removed, renamed or moved.");
      continue;
    }
    const JsonValue key(name);
    if (required_after != nullptr && holds(*required_after, key) && (required == nullptr || !holds(*required, key))) {
      say(below, "The field was optional, is required.");
    }
    field(value.get_object(), *now, below);
  }
}

}  // namespace

std::vector<Incompatibility> compare(const ResolvedSchema& before, const ResolvedSchema& after) {
  Comparison comparison;
  comparison.record(before.record(), after.record(), "");
  return comparison.take();
}

}  // namespace lakegate::xdm
