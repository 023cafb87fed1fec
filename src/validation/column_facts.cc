#include "validation/column_facts.h"

#include <algorithm>

#include "model/bounds.h"

namespace lakegate::validation {

void Extremes::include(int64_t smallest, int64_t largest) {
  integer_min = any ? std::min(integer_min, smallest) : smallest;
  integer_max = any ? std::max(integer_max, largest) : largest;
  any = true;
}

void Extremes::include(double smallest, double largest) {
  number_min = any ? std::min(number_min, smallest) : smallest;
  number_max = any ? std::max(number_max, largest) : largest;
  any = true;
}

void Extremes::include(std::string_view text) {
  if (!any || text < text_min) text_min = text;
  if (!any || text > text_max) text_max = text;
  any = true;
}

void Extremes::merge(const Extremes& other) {
  if (!other.any) return;
  if (!any) {
    *this = other;
    return;
  }
  integer_min = std::min(integer_min, other.integer_min);
  integer_max = std::max(integer_max, other.integer_max);
  number_min = std::min(number_min, other.number_min);
  number_max = std::max(number_max, other.number_max);
  if (other.text_min < text_min) text_min = other.text_min;
  if (other.text_max > text_max) text_max = other.text_max;
}

void ColumnFacts::merge(const ColumnFacts& other) {
  entry_count += other.entry_count;
  null_count += other.null_count;
  nan_count += other.nan_count;
  extremes.merge(other.extremes);
}

ColumnStatistics to_statistics(const ColumnFacts& facts, int32_t field_id, int64_t size_bytes, TypeKind kind,
                               columnar::TimeUnit unit, bool repeated) {
  ColumnStatistics statistics{.field_id = field_id,
                              .size_bytes = size_bytes,
                              .value_count = facts.entry_count,
                              .null_count = facts.null_count,
                              .nan_count = facts.nan_count,
                              .lower_bound = {},
                              .upper_bound = {}};
  const Extremes& extremes = facts.extremes;
  if (!extremes.any || repeated) return statistics;
  const int64_t micros = kind == TypeKind::timestamptz && unit == columnar::TimeUnit::milliseconds ? 1000 : 1;
  const int64_t smallest = extremes.integer_min * micros;
  const int64_t largest = extremes.integer_max * micros;
  switch (kind) {
    case TypeKind::boolean:
      statistics.lower_bound = encode_bound(smallest != 0);
      statistics.upper_bound = encode_bound(largest != 0);
      break;
    case TypeKind::int32:
    case TypeKind::date:
      statistics.lower_bound = encode_bound(static_cast<int32_t>(smallest));
      statistics.upper_bound = encode_bound(static_cast<int32_t>(largest));
      break;
    case TypeKind::int64:
    case TypeKind::timestamptz:
      statistics.lower_bound = encode_bound(smallest);
      statistics.upper_bound = encode_bound(largest);
      break;
    case TypeKind::float64:
      statistics.lower_bound = encode_lower(extremes.number_min);
      statistics.upper_bound = encode_upper(extremes.number_max);
      break;
    case TypeKind::string:
      statistics.lower_bound = truncate_lower(extremes.text_min);
      statistics.upper_bound = truncate_upper(extremes.text_max);
      break;
    case TypeKind::structure:
    case TypeKind::list:
    case TypeKind::map: break;
  }
  return statistics;
}

}  // namespace lakegate::validation
