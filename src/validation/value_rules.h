// The rules for single values of one leaf, compiled. Judging a value answers a set of the rules that it breaks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "columnar/file_schema.h"
#include "model/check_schema.h"
#include "model/violation_codes.h"
#include "validation/plain_pattern.h"

namespace re2 {
class RE2;
}

namespace lakegate::validation {

// Bits of a broken set, one for each rule that a value of some type can break.
using BrokenRules = uint32_t;
enum class Rule : uint8_t { encoding, length, pattern, allowed, range, time };
inline constexpr Rule all_rules[] = {Rule::encoding, Rule::length, Rule::pattern,
                                     Rule::allowed,  Rule::range,  Rule::time};
constexpr BrokenRules bit(Rule rule) { return BrokenRules{1} << static_cast<int>(rule); }

class ValueRules {
 public:
  // `leaf`: how the file stores the values (the unit of a time). `schema_invalid`: a pattern that does not translate.
  static Result<ValueRules> compile(const CheckNode& check, const columnar::FileNode& leaf);

  ValueRules(ValueRules&&) noexcept;
  ~ValueRules();

  BrokenRules judge(std::string_view text) const;
  BrokenRules judge(int64_t value) const;
  BrokenRules judge(double value) const;
  BrokenRules judge(bool value) const;

  // True when everything from `smallest` to `largest` is fine, whatever lies between.
  bool all_fine(int64_t smallest, int64_t largest) const;
  bool all_fine(double smallest, double largest) const;
  // True when no boolean can be wrong.
  bool all_fine() const { return !constraints_.constant_boolean; }

  const ViolationCode& code(Rule rule) const;
  std::string expected(Rule rule) const;

 private:
  ValueRules() = default;
  Status compile_pattern(const std::string& ecma, const std::string& path);
  bool is_match(std::string_view text) const;
  bool below(double value) const;
  bool above(double value) const;

  Constraints constraints_;
  TypeKind kind_ = TypeKind::string;
  std::optional<PlainPattern> plain_pattern_;  // or, where that cannot be,
  std::unique_ptr<re2::RE2> pattern_;
  std::unordered_set<std::string_view> texts_;  // views of constraints_.enumeration
  std::unordered_set<int64_t> integers_;
  int64_t smallest_ = INT64_MIN;  // inclusive, integers and times
  int64_t largest_ = INT64_MAX;
  Rule range_rule_ = Rule::range;
  bool checks_length_ = false;
};

}  // namespace lakegate::validation
