#include "validation/level_digest.h"

#include <xxhash.h>

#include <algorithm>
#include <array>

#include "columnar/scan.h"

namespace lakegate::validation {
namespace {

using columnar::Batch;

constexpr size_t block_levels = 4096;

uint16_t projected_once(int16_t level) {
  uint16_t projected = 0;
  columnar::project_levels({&level, 1}, {}, level, &projected);
  return projected;
}

}  // namespace

void LevelDigest::FreeState::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

LevelDigest::LevelDigest(const SiblingRule& rule, const columnar::FileNode& leaf)
    : rule_(rule),
      leaf_(leaf),
      full_instance_(projected_once(rule.level_max)),
      state_(XXH3_createState()),
      block_(block_levels) {}

void LevelDigest::begin() {
  XXH3_64bits_reset(state_.get());
  held_ = 0;
}

void LevelDigest::add(const Batch& batch) {
  if (rule_.repetition_level == 0 && batch.least_definition_level >= rule_.level_max)
    return add_run(full_instance_, batch.rows);
  projected_.resize(static_cast<size_t>(batch.entries));
  columnar::project_levels(batch.definition_levels, batch.repetition_levels, rule_.level_max, projected_.data());
  size_t count = projected_.size();
  if (leaf_.repetition_level > rule_.repetition_level) {  // not each entry begins an instance
    count = 0;
    for (size_t entry = 0; entry < projected_.size(); ++entry) {
      projected_[count] = projected_[entry];
      count += batch.repetition_levels[entry] <= rule_.repetition_level ? 1 : 0;
    }
  }
  add_levels(projected_.data(), count);
}

void LevelDigest::add_run(uint16_t level, int64_t count) {
  while (count > 0) {
    if (held_ == 0) is_run_ = true, run_level_ = level;
    const size_t taken = std::min(static_cast<size_t>(count), block_levels - held_);
    if (!is_run_ || run_level_ != level) {
      fill_block(held_);
      std::fill_n(block_.data() + held_, taken, level);
    }
    held_ += taken;
    count -= static_cast<int64_t>(taken);
    if (held_ == block_levels) end_block();
  }
}

void LevelDigest::add_levels(const uint16_t* levels, size_t count) {
  while (count > 0) {
    fill_block(held_);
    const size_t taken = std::min(count, block_levels - held_);
    std::copy_n(levels, taken, block_.data() + held_);
    held_ += taken;
    levels += taken;
    count -= taken;
    if (held_ == block_levels) end_block();
  }
}

// Makes an array of what was a run so far.
void LevelDigest::fill_block(size_t count) {
  if (is_run_) std::fill_n(block_.data(), count, run_level_);
  is_run_ = false;
}

// A block of equal levels is a run, however it came.
void LevelDigest::end_block() {
  if (held_ == 0) return;
  if (!is_run_) {
    run_level_ = block_[0];
    is_run_ = std::all_of(block_.data(), block_.data() + held_, [&](uint16_t level) { return level == run_level_; });
  }
  const uint64_t count = held_;
  if (is_run_) {
    add_record(count << 1 | 1, run_level_);
  } else {
    add_record(count << 1, XXH3_64bits(block_.data(), held_ * sizeof(uint16_t)));
  }
  held_ = 0;
}

void LevelDigest::add_record(uint64_t what, uint64_t hash) {
  const std::array<uint64_t, 2> record = {what, hash};
  XXH3_64bits_update(state_.get(), record.data(), sizeof(record));
}

uint64_t LevelDigest::finish() {
  end_block();
  return XXH3_64bits_digest(state_.get());
}

}  // namespace lakegate::validation
