#include "validation/value_rules.h"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error_codes.h"
#include "base/utf8.h"
#include "xdm/patterns.h"

namespace lakegate::validation {
namespace {

// 0001-01-01 and 9999-12-31 in days since 1970-01-01: the years that RFC 3339 can write.
constexpr int64_t first_day = -719'162;
constexpr int64_t last_day = 2'932'896;
constexpr int64_t day_milliseconds = 86'400'000;
constexpr size_t shown_values_max = 8;

std::string one_of(const auto& values) {
  const auto end = values.begin() + static_cast<ptrdiff_t>(std::min(values.size(), shown_values_max));
  std::string text = fmt::format("one of {}", fmt::join(values.begin(), end, ", "));
  if (values.size() > shown_values_max) text += fmt::format(" and {} more", values.size() - shown_values_max);
  return text;
}

}  // namespace

ValueRules::ValueRules(ValueRules&&) noexcept = default;
ValueRules::~ValueRules() = default;

Result<ValueRules> ValueRules::compile(const CheckNode& check, const columnar::FileNode& leaf) {
  ValueRules rules;
  rules.kind_ = check.kind;
  rules.constraints_ = check.constraints;
  const Constraints& constraints = rules.constraints_;
  for (const std::string& text : constraints.enumeration) rules.texts_.insert(text);
  rules.integers_.insert(constraints.enumeration_integer.begin(), constraints.enumeration_integer.end());
  rules.checks_length_ = constraints.length_min || constraints.length_max;
  if (constraints.pattern && check.kind == TypeKind::string) {
    rules.plain_pattern_ = PlainPattern::parse(*constraints.pattern);
    if (!rules.plain_pattern_) LG_TRY(rules.compile_pattern(*constraints.pattern, leaf.path));
  }
  if (check.kind == TypeKind::date || check.kind == TypeKind::timestamptz) {
    const int64_t micro = leaf.logical.unit == columnar::TimeUnit::microseconds ? 1000 : 1;
    const int64_t day = check.kind == TypeKind::date ? 1 : day_milliseconds * micro;
    rules.smallest_ = first_day * day;
    rules.largest_ = (last_day + 1) * day - 1;
    rules.range_rule_ = Rule::time;
  } else {
    if (constraints.minimum_integer) {
      const bool excluded = constraints.exclusive_minimum && *constraints.minimum_integer < INT64_MAX;
      rules.smallest_ = *constraints.minimum_integer + (excluded ? 1 : 0);
    }
    if (constraints.maximum_integer) {
      const bool excluded = constraints.exclusive_maximum && *constraints.maximum_integer > INT64_MIN;
      rules.largest_ = *constraints.maximum_integer - (excluded ? 1 : 0);
    }
  }
  return rules;
}

bool ValueRules::is_match(std::string_view text) const {
  if (plain_pattern_) return plain_pattern_->matches(text);
  return pattern_ == nullptr || RE2::PartialMatch({text.data(), text.size()}, *pattern_);
}

Status ValueRules::compile_pattern(const std::string& ecma, const std::string& path) {
  LG_ASSIGN(const std::string pattern, xdm::translate_pattern(ecma));
  RE2::Options options;
  options.set_log_errors(false);
  pattern_ = std::make_unique<RE2>(pattern, options);
  if (pattern_->ok()) return {};
  return fail(codes::internal, "The pattern {} of field {} does not compile: {}.", ecma, path, pattern_->error());
}

BrokenRules ValueRules::judge(std::string_view text) const {
  const bool ascii = is_ascii(text);
  if (!ascii && !is_utf8(text)) return bit(Rule::encoding);
  BrokenRules broken = 0;
  if (checks_length_) {
    const auto length = static_cast<int64_t>(ascii ? text.size() : code_point_count(text));
    const bool fits =
        length >= constraints_.length_min.value_or(0) && length <= constraints_.length_max.value_or(INT64_MAX);
    if (!fits) broken |= bit(Rule::length);
  }
  if (!is_match(text)) broken |= bit(Rule::pattern);
  if (!texts_.empty() && !texts_.contains(text)) broken |= bit(Rule::allowed);
  return broken;
}

BrokenRules ValueRules::judge(int64_t value) const {
  BrokenRules broken = 0;
  if (value < smallest_ || value > largest_) broken |= bit(range_rule_);
  if (!integers_.empty() && !integers_.contains(value)) broken |= bit(Rule::allowed);
  return broken;
}

bool ValueRules::below(double value) const {
  if (!constraints_.minimum) return false;
  return constraints_.exclusive_minimum ? value <= *constraints_.minimum : value < *constraints_.minimum;
}

bool ValueRules::above(double value) const {
  if (!constraints_.maximum) return false;
  return constraints_.exclusive_maximum ? value >= *constraints_.maximum : value > *constraints_.maximum;
}

BrokenRules ValueRules::judge(double value) const {
  BrokenRules broken = 0;
  // JSON, and so XDM, has neither NaN nor infinities.
  if (!std::isfinite(value) || below(value) || above(value)) broken |= bit(Rule::range);
  const auto& allowed = constraints_.enumeration_number;
  if (!allowed.empty() && std::ranges::find(allowed, value) == allowed.end()) broken |= bit(Rule::allowed);
  return broken;
}

BrokenRules ValueRules::judge(bool value) const {
  return constraints_.constant_boolean && *constraints_.constant_boolean != value ? bit(Rule::allowed) : 0;
}

bool ValueRules::all_fine(int64_t smallest, int64_t largest) const {
  return integers_.empty() && smallest >= smallest_ && largest <= largest_;
}

bool ValueRules::all_fine(double smallest, double largest) const {
  return constraints_.enumeration_number.empty() && std::isfinite(smallest) && std::isfinite(largest) &&
         !below(smallest) && !above(largest);
}

const ViolationCode& ValueRules::code(Rule rule) const {
  switch (rule) {
    case Rule::encoding: return violations::text_invalid;
    case Rule::length: return violations::length_invalid;
    case Rule::pattern: return violations::pattern_mismatch;
    case Rule::allowed: return violations::not_allowed;
    case Rule::range: return violations::out_of_range;
    case Rule::time: return violations::time_out_of_range;
  }
  return violations::corrupt;
}

std::string ValueRules::expected(Rule rule) const {
  const Constraints& c = constraints_;
  switch (rule) {
    case Rule::encoding: return "UTF-8";
    case Rule::pattern: return fmt::format("text that matches {}", c.pattern.value_or(""));
    case Rule::time: return "a time from 0001-01-01 to 9999-12-31";
    case Rule::length: {
      if (!c.length_max) return fmt::format("at least {} characters", c.length_min.value_or(0));
      return fmt::format("{} to {} characters", c.length_min.value_or(0), *c.length_max);
    }
    case Rule::allowed: {
      if (c.constant_boolean) return *c.constant_boolean ? "true" : "false";
      if (!c.enumeration_integer.empty()) return one_of(c.enumeration_integer);
      if (!c.enumeration_number.empty()) return one_of(c.enumeration_number);
      return one_of(c.enumeration);
    }
    case Rule::range: {
      const auto bound = [](std::string_view word, bool excluded, const auto& value) {
        return fmt::format("{} {}",
                           excluded         ? fmt::format("{} than", word)
                           : word == "more" ? "at least"
                                            : "at most",
                           value);
      };
      std::string text = kind_ == TypeKind::float64 ? "a finite number" : "a number";
      if (kind_ == TypeKind::float64) {
        if (c.minimum) text += " " + bound("more", c.exclusive_minimum, *c.minimum);
        if (c.maximum) text += std::string(c.minimum ? " and " : " ") + bound("less", c.exclusive_maximum, *c.maximum);
        return text;
      }
      if (c.minimum_integer) text += " " + bound("more", c.exclusive_minimum, *c.minimum_integer);
      if (c.maximum_integer)
        text += std::string(c.minimum_integer ? " and " : " ") + bound("less", c.exclusive_maximum, *c.maximum_integer);
      return text;
    }
  }
  return "";
}

}  // namespace lakegate::validation
