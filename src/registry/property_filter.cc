#include "registry/property_filter.h"

#include <boost/json/serialize.hpp>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "model/error_codes.h"
#include "xdm/patterns.h"

namespace lakegate::registry {
namespace {

namespace json = boost::json;

// Longer ones first: "<" is the beginning of "<=".
constexpr std::array<std::string_view, 7> signs = {"==", "!=", "<=", ">=", "<", ">", "~"};

struct Sign {
  size_t at = std::string_view::npos;
  std::string_view text;
};

// The first one in the text.
Sign find_sign(std::string_view text) {
  Sign first;
  for (const std::string_view sign : signs) {
    if (const size_t at = text.find(sign); at < first.at) first = {at, sign};
  }
  return first;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return std::string_view("_:@$.-").find(c) != std::string_view::npos || (c >= '0' && c <= '9') ||
           (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

// "title==a,b" is one condition, "title==a,version==1.0" and "title==a,meta:class" are two.
bool begins_condition(std::string_view text) {
  const size_t comma = std::min(text.find(','), text.size());
  const Sign sign = find_sign(text);
  if (sign.at < comma) return is_name(text.substr(0, sign.at));
  const std::string_view name = text.substr(0, comma);
  return is_name(name) && (name.find(':') != std::string_view::npos || name.front() == '$' || name.front() == '@');
}

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

bool fits(std::string_view sign, const std::string& found, const std::string& wanted) {
  if (sign == "~") return RE2::PartialMatch(found, wanted);
  if (sign == "==") return found == wanted;
  const int compared = compare_values(found, wanted);
  if (sign == "<") return compared < 0;
  if (sign == ">") return compared > 0;
  return sign == "<=" ? compared <= 0 : compared >= 0;
}

bool any_fits(std::string_view sign, const json::value& found, const std::string& wanted) {
  const json::array* list = found.if_array();
  if (list == nullptr) return fits(sign, text_of(found), wanted);
  return std::ranges::any_of(*list, [&](const json::value& one) { return fits(sign, text_of(one), wanted); });
}

}  // namespace

int compare_values(const std::string& a, const std::string& b) {
  const auto number_a = number(a);
  const auto number_b = number(b);
  if (number_a && number_b) return *number_a < *number_b ? -1 : *number_a > *number_b ? 1 : 0;
  return a.compare(b);
}

const json::value* find_property(const json::object& document, std::string_view name) {
  if (const json::value* value = document.if_contains(name)) return value;
  for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    const json::value* member = document.if_contains(name.substr(0, dot));
    if (member == nullptr || !member->is_object()) continue;
    if (const json::value* value = find_property(member->get_object(), name.substr(dot + 1))) return value;
  }
  return nullptr;
}

Status PropertyFilter::add_condition(std::string_view text) {
  text = ascii::trim(text);
  const Sign sign = find_sign(text);
  Condition condition{
      .name = std::string(ascii::trim(text.substr(0, sign.at))), .sign = std::string(sign.text), .value = {}};
  if (sign.at != std::string_view::npos) condition.value = ascii::trim(text.substr(sign.at + sign.text.size()));
  if (!is_name(condition.name)) {
    return fail(codes::list_parameter_invalid,
                "Parameter property is \"{}\"; expected a member's name, alone or with one of == != < > <= >= ~ and a "
                "value, e.g. meta:class==https://ns.adobe.com/xdm/context/profile.",
                text.substr(0, 200));
  }
  if (condition.sign == "~") {
    auto pattern = xdm::translate_pattern(condition.value);
    if (!pattern) return fail(codes::list_parameter_invalid, "Parameter property: {}", pattern.error().message);
    condition.value = *std::move(pattern);
  }
  if (conditions_.size() == conditions_max) {
    return fail(codes::list_parameter_invalid, "There are more than {} conditions in property.", conditions_max);
  }
  conditions_.push_back(std::move(condition));
  return {};
}

Status PropertyFilter::add(std::string_view text) {
  size_t end = text.find(',');
  while (end != std::string_view::npos) {
    if (begins_condition(ascii::trim(text.substr(end + 1)))) {
      LG_TRY(add_condition(text.substr(0, end)));
      text.remove_prefix(end + 1);
      end = text.find(',');
    } else {
      end = text.find(',', end + 1);
    }
  }
  return add_condition(text);
}

bool PropertyFilter::holds(const Condition& condition, const json::object& document) {
  const json::value* found = find_property(document, condition.name);
  if (condition.sign == "!=") return found == nullptr || !any_fits("==", *found, condition.value);
  if (found == nullptr) return false;
  return condition.sign.empty() || any_fits(condition.sign, *found, condition.value);
}

bool PropertyFilter::matches(const json::object& document) const {
  return std::ranges::all_of(conditions_, [&](const Condition& one) { return holds(one, document); });
}

}  // namespace lakegate::registry
