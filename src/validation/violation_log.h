// What judging has found so far: one entry for each rule that a column breaks, with the first rows and the count.
#pragma once

#include <bitset>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/validation_report.h"
#include "model/violation_codes.h"

namespace lakegate::validation {

// A set of row numbers in memory that is bounded: beyond, it counts too few.
class RowSet {
 public:
  void insert(int64_t row);
  int64_t size() const { return size_; }

 private:
  static constexpr int64_t block_rows = 1 << 16;
  static constexpr size_t blocks_max = 4096;
  std::unordered_map<int64_t, std::unique_ptr<std::bitset<block_rows>>> blocks_;
  int64_t size_ = 0;
};

class ViolationLog {
 public:
  // One rule of one column. Rows must come in ascending order; the same row again counts once.
  class Finding {
   public:
    // `found` is only evaluated for the first row.
    template <class Found>
    void add(int64_t row, Found&& found) {
      if (violation_.row_count == 0) {
        violation_.found = found();
        log_.count_kind();
      }
      add_row(row);
    }

   private:
    friend class ViolationLog;
    Finding(ViolationLog& log, Violation violation) : log_(log), violation_(std::move(violation)) {}
    void add_row(int64_t row);

    ViolationLog& log_;
    Violation violation_;
    int64_t last_row_ = -1;
  };

  // A rule that may turn out to be broken. Lives as long as the log.
  Finding& finding(const ViolationCode& code, std::string column, std::string expected, std::string remedy = {});

  // Something about the file or a whole column.
  void add(Violation violation);

  // Something about each of the file's `row_count` rows.
  void add_to_every_row(Violation violation, int64_t row_count);

  bool empty() const { return kinds_ == 0; }

  // Moves the verdict, violations and counts into a report. Texts are made printable.
  void write(ValidationReport& report) &&;

 private:
  void count_kind() { ++kinds_; }

  std::deque<Finding> findings_;
  std::vector<Violation> whole_;
  RowSet rows_;
  int64_t every_row_ = 0;  // not 0: all that many rows are bad
  int64_t kinds_ = 0;
};

}  // namespace lakegate::validation
