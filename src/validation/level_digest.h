// LevelDigest: a digest of one column's levels, as far as they concern a group that it shares with other columns. Equal
// sequences have equal digests, in whatever portions they come; most are one long run, which costs nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "columnar/chunk_reader.h"
#include "validation/judge_plan.h"

struct XXH3_state_s;

namespace lakegate::validation {

class LevelDigest {
 public:
  // Both must outlive the digest. `leaf` is one of the group's leaves.
  LevelDigest(const SiblingRule& rule, const columnar::FileNode& leaf);

  void begin();
  void add(const columnar::Batch& batch);
  uint64_t finish();

 private:
  void add_run(uint16_t level, int64_t count);
  void add_levels(const uint16_t* levels, size_t count);
  void fill_block(size_t count);
  void end_block();
  void add_record(uint64_t what, uint64_t hash);

  const SiblingRule& rule_;
  const columnar::FileNode& leaf_;
  const uint16_t full_instance_;  // of a group outside of lists
  struct FreeState {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, FreeState> state_;
  std::vector<uint16_t> projected_;  // of a batch

  // What came is hashed in blocks of fixed length, one record each. The block at hand is a run, or is in block_.
  std::vector<uint16_t> block_;
  size_t held_ = 0;
  bool is_run_ = true;
  uint16_t run_level_ = 0;
};

}  // namespace lakegate::validation
