// ListQuery: what a client's list parameters ask for, read by the api and bound (never spelled) into SQL here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lakegate::ledger {

inline constexpr size_t filters_max = 32;         // of one query
inline constexpr size_t filter_values_max = 100;  // of one filter
inline constexpr size_t order_keys_max = 4;

enum class Comparison {
  any_of,   // equals one of `values`; no values: nothing matches
  none_of,  // equals none of them; a field without a value matches
  less,     // with values[0], as are the next three
  less_or_equal,
  greater,
  greater_or_equal,
  matches,       // text: one of the patterns; '*' is any run of characters, "**" a literal star; case-sensitive
  matches_none,  // none of them; a field without a value matches
  searches,      // text: the regular expression (RE2) values[0] is found somewhere in it
  exists,        // the field has a value (texts: not empty); no `values`
  absent,
};

// Times and counts are numbers, all else is text.
using FilterValue = std::variant<int64_t, std::string>;

template <class Field>
struct Filter {
  Field field;
  Comparison comparison = Comparison::any_of;
  std::vector<FilterValue> values;
};

template <class Field>
struct OrderBy {
  Field field;
  bool descending = false;
};

// `value` empty: any value of the key; it may hold wildcards as Comparison::matches.
struct TagFilter {
  std::string key;
  std::string value;
};

// A row's place in a list that is ordered by time.
struct ListPlace {
  int64_t created = 0;
  std::string id;
};

// All filters and tags hold. Order: as given, then by time and id in the direction of the last key; without keys newest
// first.
template <class Field>
struct ListQuery {
  std::vector<Filter<Field>> filters = {};
  std::vector<OrderBy<Field>> order = {};
  int64_t start = 0;  // rows skipped
  int64_t limit = 20;
  std::vector<TagFilter> tags = {};
  // Only rows behind this one, which an earlier page ended with; for lists by time alone, and of batches. Then `start`
  // counts from there: a page costs the same however many are before it.
  std::optional<ListPlace> after = {};
};

}  // namespace lakegate::ledger
