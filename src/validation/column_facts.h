// What the values of a column are like, gathered while they are judged.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "columnar/file_schema.h"
#include "model/table_schema.h"
#include "model/validation_report.h"

namespace lakegate::validation {

// The smallest and largest value so far, NaN left out, in the file's own unit. Only the pair of the column's type is
// in use.
struct Extremes {
  bool any = false;
  int64_t integer_min = 0, integer_max = 0;  // booleans as 0 and 1
  double number_min = 0, number_max = 0;
  std::string text_min, text_max;

  void include(int64_t smallest, int64_t largest);
  void include(double smallest, double largest);
  void include(std::string_view text);
  void merge(const Extremes& other);
};

struct ColumnFacts {
  int64_t entry_count = 0;  // nulls included
  int64_t null_count = 0;
  int64_t nan_count = 0;
  Extremes extremes;

  void merge(const ColumnFacts& other);
};

// In the table's type: widened, times in microseconds. `repeated` columns (below a list or map) get no bounds.
ColumnStatistics to_statistics(const ColumnFacts& facts, int32_t field_id, int64_t size_bytes, TypeKind kind,
                               columnar::TimeUnit unit, bool repeated);

}  // namespace lakegate::validation
