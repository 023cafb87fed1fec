#include "registry/sample.h"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "registry/pattern_sample.h"
#include "xdm/field_type.h"

namespace lakegate::registry {
namespace {

using xdm::FieldType;
using xdm::JsonObject;
using xdm::JsonValue;

constexpr size_t items_max = 100;

std::optional<double> bound(const JsonObject& field, std::string_view keyword) {
  const JsonValue* value = field.if_contains(keyword);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

size_t count(const JsonObject& field, std::string_view keyword, size_t otherwise) {
  const auto value = bound(field, keyword);
  return value && *value >= 0 && *value < 1e9 ? static_cast<size_t>(*value) : otherwise;
}

std::optional<JsonValue> text(const JsonObject& field, const std::string& name) {
  const size_t length_min = count(field, "minLength", 0);
  const size_t length_max = count(field, "maxLength", std::numeric_limits<int32_t>::max());
  if (length_min > length_max || length_min > 10'000) return std::nullopt;
  if (const std::string_view pattern = xdm::text_member(field, "pattern"); !pattern.empty()) {
    const auto made = sample_of_pattern(pattern, length_min, length_max);
    return made ? std::optional<JsonValue>(*made) : std::nullopt;
  }
  std::string made = "Sample " + name;
  if (const std::string_view format = xdm::text_member(field, "format"); format == "email") {
    made = "name@example.com";
  } else if (format.starts_with("uri")) {
    made = "https://example.com/sample";
  }
  // A name may have characters of several bytes: what is cut is put together anew.
  if (made.size() > length_max) made = std::string(length_max, 'a');
  if (made.size() < length_min) made += std::string(length_min - made.size() + name.size(), 'a');
  if (made.size() > length_max) made = std::string(length_max, 'a');
  return JsonValue(made);
}

JsonValue integer(const JsonObject& field, FieldType type) {
  const xdm::IntegerBounds bounds = xdm::integer_bounds(field, type);
  int64_t value = 1;
  if (bounds.maximum) value = std::min(value, *bounds.maximum);
  if (bounds.minimum) value = std::max(value, *bounds.minimum);
  return value;
}

JsonValue number(const JsonObject& field) {
  const double most =
      std::min(bound(field, "maximum").value_or(HUGE_VAL), bound(field, "exclusiveMaximum").value_or(HUGE_VAL));
  const double least =
      std::max(bound(field, "minimum").value_or(-HUGE_VAL), bound(field, "exclusiveMinimum").value_or(-HUGE_VAL));
  if (least < 1.5 && 1.5 < most) return 1.5;
  if (std::isfinite(least) && std::isfinite(most)) return least + (most - least) / 2;
  return std::isfinite(least) ? least + 1 : most - 1;
}

class Sampler {
 public:
  JsonObject object(const JsonObject& field);

 private:
  std::optional<JsonValue> value(const JsonObject& field, const std::string& name);
  std::optional<JsonValue> list(const JsonObject& field, const std::string& name);
  std::optional<JsonValue> map(const JsonObject& field, const std::string& name);

  size_t fields_ = 0;
};

std::optional<JsonValue> Sampler::list(const JsonObject& field, const std::string& name) {
  const JsonObject* items = xdm::object_member(field, "items");
  if (items == nullptr || count(field, "maxItems", 1) == 0) return std::nullopt;
  boost::json::array made;
  const size_t wanted = std::clamp<size_t>(count(field, "minItems", 1), 1, items_max);
  for (size_t i = 0; i < wanted; ++i) {
    auto one = value(*items, i == 0 ? name : name + " " + std::to_string(i + 1));
    if (one) made.push_back(*std::move(one));
  }
  if (made.empty()) return std::nullopt;
  return made;
}

std::optional<JsonValue> Sampler::map(const JsonObject& field, const std::string& name) {
  const JsonObject* of = xdm::map_value(field);
  std::string key = "key";
  if (const JsonObject* patterns = xdm::object_member(field, "patternProperties");
      patterns != nullptr && !patterns->empty()) {
    if (const auto made = sample_of_pattern(patterns->begin()->key(), 1, 100)) key = *made;
  }
  if (const JsonObject* names = xdm::object_member(field, "propertyNames")) {
    const auto made = value(*names, key);
    if (made && made->is_string()) key = made->get_string();
  }
  auto made = of != nullptr ? value(*of, name) : std::optional<JsonValue>("Sample " + name);
  if (!made) return std::nullopt;
  return JsonObject{{key, *std::move(made)}};
}

std::optional<JsonValue> Sampler::value(const JsonObject& field, const std::string& name) {
  if (++fields_ > sample_fields_max) return std::nullopt;
  if (const JsonValue* constant = field.if_contains("const")) {
    return constant->is_null() ? std::nullopt : std::optional<JsonValue>(*constant);
  }
  if (const boost::json::array* values = xdm::array_member(field, "enum"); values != nullptr && !values->empty()) {
    for (const JsonValue& one : *values) {
      if (!one.is_null()) return one;
    }
    return std::nullopt;
  }
  const FieldType type = xdm::field_type(field);
  if (xdm::is_integer(type)) return integer(field, type);
  switch (type) {
    case FieldType::string: return text(field, name);
    case FieldType::date: return JsonValue("2026-01-31");
    case FieldType::date_time: return JsonValue("2026-01-31T12:30:00.000Z");
    case FieldType::boolean: return JsonValue(true);
    case FieldType::number: return number(field);
    case FieldType::array: return list(field, name);
    case FieldType::map: return map(field, name);
    case FieldType::object: {
      JsonObject made = object(field);
      if (made.empty()) return std::nullopt;
      return made;
    }
    default: return std::nullopt;
  }
}

JsonObject Sampler::object(const JsonObject& field) {
  JsonObject made;
  const JsonObject* properties = xdm::object_member(field, "properties");
  if (properties == nullptr) return made;
  for (const auto& [name, below] : *properties) {
    if (!below.is_object()) continue;
    if (auto one = value(below.get_object(), std::string(name))) made[name] = *std::move(one);
  }
  return made;
}

}  // namespace

JsonObject sample_of(const xdm::ResolvedSchema& schema) { return Sampler().object(schema.tree); }

}  // namespace lakegate::registry
