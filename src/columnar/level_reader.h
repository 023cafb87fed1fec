// Definition and repetition levels of one data page after another.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "columnar/checked.h"
#include "columnar/file_schema.h"
#include "columnar/parquet_format.h"

namespace lakegate::columnar {

inline constexpr int32_t batch_entries_max = 4096;

class LevelReader {
 public:
  // Of a leaf that outlives the reader.
  explicit LevelReader(const FileNode& leaf);
  ~LevelReader();

  // Takes the levels that `body` begins with; answers the rest, which holds the values.
  Checked<std::span<const char>> begin(const PageHeader& header, std::span<const char> body);

  // The next `entries` entries of the page, each level in range, and each element of a list follows one of the same
  // list.
  Check read(int32_t entries);

  // One for each entry that was read; none where every entry is a value.
  std::span<const int16_t> definition_levels() const { return {definition_.data(), definition_count_}; }
  // One for each entry; none where every entry is a row.
  std::span<const int16_t> repetition_levels() const { return {repetition_.data(), repetition_count_}; }
  int32_t value_count() const { return value_count_; }  // entries of the maximal definition level
  int32_t row_count() const { return row_count_; }      // entries that begin a row
  int16_t least_definition_level() const { return least_definition_; }
  bool begins_row() const { return repetition_count_ == 0 || repetition_[0] == 0; }

 private:
  struct Decoders;

  Checked<std::span<const char>> begin_v2(const DataPageHeaderV2& header, std::span<const char> body);
  Check check_lists(int32_t entries);

  const FileNode& leaf_;
  const int16_t definition_max_;
  const int16_t repetition_max_;
  std::unique_ptr<Decoders> decoders_;
  std::vector<int16_t> definition_;
  std::vector<int16_t> repetition_;
  size_t definition_count_ = 0;
  size_t repetition_count_ = 0;
  bool page_is_full_ = false;  // of values: its definition levels need not be decoded
  int32_t value_count_ = 0;
  int16_t least_definition_ = 0;
  int32_t row_count_ = 0;
  int16_t previous_definition_ = -1;  // of the chunk's entry before; -1: there is none
};

}  // namespace lakegate::columnar
