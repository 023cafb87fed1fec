#include "columnar/leaf_entries.h"

#include <fmt/core.h>

#include <numeric>
#include <utility>

#include "base/result.h"
#include "columnar/chunk_reader.h"
#include "columnar/row_value.h"

namespace lakegate::columnar {
namespace {

constexpr int64_t scalar_bytes = 20;  // the longest ones: a number, a timestamp

int64_t bytes_of(const boost::json::value& value) {
  return value.is_string() ? static_cast<int64_t>(value.get_string().size()) + 2 : scalar_bytes;
}

class LeafRead {
 public:
  LeafRead(const FileNode& leaf, int64_t entry_bytes, RowRoom& room)
      : leaf_(leaf), entry_bytes_(entry_bytes), room_(room) {}

  // False: no more is needed.
  Checked<bool> take(const Batch& batch, const Values& dictionary) {
    const Values& values = batch.is_indices ? dictionary : batch.plain;
    size_t value = 0;
    for (size_t i = 0; i < static_cast<size_t>(batch.entries); ++i) {
      const int16_t repetition = batch.repetition_levels.empty() ? int16_t{0} : batch.repetition_levels[i];
      if (repetition == 0 && !room_.begin_row()) return false;
      const int16_t definition = batch.definition_levels.empty() ? leaf_.definition_level : batch.definition_levels[i];
      int64_t bytes = entry_bytes_;
      if (definition == leaf_.definition_level) {
        const size_t at = batch.is_indices ? static_cast<size_t>(batch.indices[value]) : value;
        ++value;
        LG_ASSIGN(boost::json::value made, value_to_json(leaf_, values, at));
        bytes += bytes_of(made);
        entries_.values.push_back(std::move(made));
      }
      if (!room_.add(bytes)) return false;
      entries_.definition_levels.push_back(definition);
      if (leaf_.repetition_level > 0) entries_.repetition_levels.push_back(repetition);
    }
    // Where each entry is a row, nothing has to be looked at to know that the last one has ended.
    return leaf_.repetition_level > 0 || static_cast<int64_t>(entries_.definition_levels.size()) < room_.rows();
  }

  LeafEntries&& entries() && { return std::move(entries_); }

 private:
  const FileNode& leaf_;
  const int64_t entry_bytes_;
  RowRoom& room_;
  LeafEntries entries_;
};

}  // namespace

bool RowRoom::begin_row() {
  if (row_ + 1 >= rows()) return false;
  if (row_ >= 0) bytes_before_ += row_bytes_[static_cast<size_t>(row_)];
  ++row_;
  return true;
}

bool RowRoom::add(int64_t bytes) {
  int64_t& row = row_bytes_[static_cast<size_t>(row_)];
  row += bytes;
  if (bytes_before_ + row <= bytes_max_) return true;
  row_bytes_.resize(static_cast<size_t>(row_));
  return false;
}

int64_t RowRoom::bytes() const { return std::accumulate(row_bytes_.begin(), row_bytes_.end(), int64_t{0}); }

Checked<LeafEntries> read_leaf(int fd, const ColumnMetaData& chunk, const FileNode& leaf, int64_t entry_bytes,
                               RowRoom& room, MemoryBudget& budget) {
  room.begin_leaf();
  LeafRead read(leaf, entry_bytes, room);
  ChunkReader reader(fd, chunk, leaf, budget);
  Batch batch;
  while (room.rows() > 0) {
    LG_ASSIGN(const bool found, reader.next(batch));
    if (!found) break;
    LG_ASSIGN(const bool more, read.take(batch, batch.is_indices ? reader.dictionary() : Values{}));
    if (!more) break;
  }
  return std::move(read).entries();
}

}  // namespace lakegate::columnar
