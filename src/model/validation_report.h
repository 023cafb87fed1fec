// ValidationReport: the verdict on one object's bytes. Bad data is a report, never an Error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lakegate {

inline constexpr size_t violation_rows_max = 100;       // row numbers kept per violation
inline constexpr size_t violations_per_file_max = 200;  // distinct violations kept per file; the count goes on

// One way in which one column of a file breaks a rule. Equal violations of many rows are one entry.
struct Violation {
  std::string code = {};           // documented in docs/errors.md
  std::string column = {};         // dotted path as the file spells it; empty: the file itself
  std::vector<int64_t> rows = {};  // zero-based, ascending, the first violation_rows_max
  int64_t row_count = 0;           // all of them; 0 where the rule concerns the whole file or column
  std::string found = {};          // the first offending value or type, shortened
  std::string expected = {};
  std::string remedy = {};  // what to do; may be empty

  bool operator==(const Violation&) const = default;
};

// Of one leaf column over the whole file, in the *table's* type (timestamps in microseconds).
struct ColumnStatistics {
  int32_t field_id = 0;
  int64_t size_bytes = 0;   // compressed size of the column's chunks that readers will use
  int64_t value_count = 0;  // including nulls and NaN
  int64_t null_count = 0;
  int64_t nan_count = 0;  // doubles only
  std::optional<std::string> lower_bound =
      {};  // Iceberg single-value serialisation (appendix D); strings cut to 16 code points
  std::optional<std::string> upper_bound = {};  // never NaN

  bool operator==(const ColumnStatistics&) const = default;
};

enum class Verdict {
  good,
  bad,  // the client's data breaks a rule: `violations` is not empty
};

// How an object's bytes became the table's data file.
enum class FileOrigin { as_sent, normalised, converted };

struct ValidationReport {
  Verdict verdict = Verdict::bad;
  int64_t record_count = 0;         // decoded rows
  int64_t violation_count = 0;      // kinds found, also those over the cap
  int64_t failed_record_count = 0;  // rows with at least one violation, at least; exact where no column broke a cap
  std::vector<Violation> violations = {};
  std::vector<ColumnStatistics> statistics = {};  // ascending field id; good files only
  std::vector<int64_t> split_offsets = {};        // ascending starts of row groups
  std::vector<int32_t> columns_present = {};      // leaf field ids, ascending
  uint64_t content_xxh3 = 0;                      // of the bytes sent
  int64_t sent_bytes = 0;
  int64_t table_bytes = 0;  // sent bytes plus the tail; 0 for bad files
  FileOrigin origin = FileOrigin::as_sent;

  bool operator==(const ValidationReport&) const = default;
};

std::string_view to_string(FileOrigin origin);
std::optional<FileOrigin> parse_file_origin(std::string_view text);

}  // namespace lakegate
