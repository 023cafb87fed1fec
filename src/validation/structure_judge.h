// The rules about structure of one leaf, judged on its levels: nulls, list sizes, equal items, agreement of siblings.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "columnar/chunk_reader.h"
#include "validation/judge_plan.h"
#include "validation/level_digest.h"

namespace lakegate::validation {

class StructureJudge {
 public:
  explicit StructureJudge(const LeafPlan& plan);

  // A chunk's entries in order, then end_chunk. `row` is the number of the file's rows that began before the batch.
  void begin_chunk();
  void judge(const columnar::Batch& batch, const columnar::Values& values, int64_t row);

  struct Digest {
    int32_t group = 0;
    uint64_t digest = 0;
  };
  // Finishes what is open; one digest for each sibling rule. Equal digests: the leaves agree.
  std::vector<Digest> end_chunk();

 private:
  using Hash = std::array<uint64_t, 2>;
  struct OpenList {
    bool open = false;
    int64_t row = 0;
    int64_t count = 0;
    std::vector<Hash> items;
  };

  void judge_nulls(const columnar::Batch& batch, int64_t row);
  void judge_counts(const columnar::Batch& batch, int64_t row);
  void judge_distinct(const columnar::Batch& batch, const columnar::Values& values, int64_t row);
  int16_t definition(const columnar::Batch& batch, size_t entry) const;
  static void close_count(const CountRule& rule, OpenList& list);
  static void close_distinct(const DistinctRule& rule, OpenList& list);

  const LeafPlan& plan_;
  const int16_t definition_max_;
  std::vector<OpenList> counted_;      // one for each count rule
  std::vector<OpenList> distinct_;     // one for each distinct rule
  std::vector<LevelDigest> siblings_;  // one for each sibling rule
};

}  // namespace lakegate::validation
