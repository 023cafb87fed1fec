// PropertyFilter: the registry's `property` parameters: which of its documents a client wants to see.
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakegate::registry {

inline constexpr size_t conditions_max = 32;

// Conditions that all hold: "name" (exists), "name==value", and likewise != < > <= >= and ~ (an ECMA-262 pattern, a
// search). A name is a member, or several joined by dots: "meta:registryMetadata.repo:createdDate". Of a list one item
// must fit (for != none must be equal). Numbers compare as numbers, all else as text; what is not there is unequal to
// everything.
class PropertyFilter {
 public:
  // One parameter's text; conditions may be joined by commas, where what follows a comma looks like a condition again.
  // `list_parameter_invalid`.
  Status add(std::string_view text);

  bool empty() const { return conditions_.empty(); }
  bool matches(const boost::json::object& document) const;

 private:
  struct Condition {
    std::string name;
    std::string sign;  // empty: exists
    std::string value;
  };
  Status add_condition(std::string_view text);
  static bool holds(const Condition& condition, const boost::json::object& document);

  std::vector<Condition> conditions_;  // value of ~: the pattern as RE2 has it
};

// The member at a name as above; null: none.
const boost::json::value* find_property(const boost::json::object& document, std::string_view name);

// Less, equal or more than 0: as numbers where both are, else as text.
int compare_values(const std::string& a, const std::string& b);

}  // namespace lakegate::registry
