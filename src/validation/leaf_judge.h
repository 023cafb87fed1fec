// Judges all entries of one leaf column, chunk after chunk: values by their rules, levels by the rules of structure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "columnar/chunk_reader.h"
#include "columnar/scan.h"
#include "validation/column_facts.h"
#include "validation/judge_plan.h"
#include "validation/structure_judge.h"

namespace lakegate::validation {

class LeafJudge {
 public:
  // All must outlive the judge.
  LeafJudge(const LeafPlan& plan, ViolationLog& log);

  // `first_row`: rows of the file before this chunk.
  void begin_chunk(int64_t first_row);

  // `dictionary` of the chunk, when the batch holds indices; it stays until end_chunk.
  void judge(const columnar::Batch& batch, const columnar::Values& dictionary);

  struct ChunkResult {
    ColumnFacts facts;
    std::vector<StructureJudge::Digest> digests;
  };
  ChunkResult end_chunk();

 private:
  void judge_dictionary(const columnar::Values& dictionary);
  void judge_indices(const columnar::Batch& batch);
  void include_used_entries();
  void report(const columnar::Batch& batch, size_t value, BrokenRules broken, const columnar::Values& values,
              size_t index);
  int64_t row_of(const columnar::Batch& batch, size_t value);

  template <class T>
  void judge_values(const columnar::Batch& batch, std::span<const T> values);
  template <class T>
  BrokenRules judge_value(const T& value) const;
  template <class T>
  bool include(std::span<const T> values);
  template <class T>
  bool are_fine(const columnar::Extent<T>& extent) const;

  const LeafPlan& plan_;
  ViolationLog& log_;
  StructureJudge structure_;
  std::array<ViolationLog::Finding*, std::size(all_rules)> findings_{};  // null until the first one

  int64_t row_ = 0;    // rows of the file that began before the batch
  ColumnFacts facts_;  // of the chunk
  bool has_dictionary_ = false;
  columnar::Values dictionary_;
  std::vector<BrokenRules> broken_;  // by dictionary entry; empty: all are fine
  std::vector<uint8_t> used_;        // by dictionary entry
  size_t first_unused_ = 0;          // all before it are used
  std::vector<int64_t> value_rows_;  // of the batch, made when a value is bad
};

}  // namespace lakegate::validation
