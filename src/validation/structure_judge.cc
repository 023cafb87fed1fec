#include "validation/structure_judge.h"

#include <fmt/core.h>
#include <xxhash.h>

#include <algorithm>
#include <type_traits>

namespace lakegate::validation {
namespace {

using columnar::Batch;
using columnar::Values;

constexpr int16_t level_base = 128;             // above every level: schemas nest at most 100 deep
constexpr size_t distinct_items_max = 1 << 20;  // of one list; what is behind is not compared

// Calls each(entry, row) for the entries of a batch before which `row` rows began.
template <class Each>
void each_entry(const Batch& batch, int64_t row, Each&& each) {
  for (size_t i = 0; i < static_cast<size_t>(batch.entries); ++i) {
    if (batch.repetition_levels.empty() || batch.repetition_levels[i] == 0) ++row;
    each(i, row - 1);
  }
}

int16_t definition(const Batch& batch, size_t entry) {
  return batch.definition_levels.empty() ? int16_t{0} : batch.definition_levels[entry];
}

int16_t repetition(const Batch& batch, size_t entry) {
  return batch.repetition_levels.empty() ? int16_t{0} : batch.repetition_levels[entry];
}

std::array<uint64_t, 2> hash_of(const Values& values, size_t index) {
  return std::visit(
      [&](const auto& span) -> std::array<uint64_t, 2> {
        const auto& value = span[index];
        XXH128_hash_t hash;
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, std::string_view>) {
          hash = XXH3_128bits(value.data(), value.size());
        } else {
          hash = XXH3_128bits(&value, sizeof(value));
        }
        return {hash.low64, hash.high64};
      },
      values);
}

}  // namespace

void StructureJudge::FreeState::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

StructureJudge::StructureJudge(const LeafPlan& plan)
    : plan_(plan),
      definition_max_(plan.node->definition_level),
      counted_(plan.count_rules.size()),
      distinct_(plan.distinct_rules.size()) {
  for (size_t i = 0; i < plan.sibling_rules.size(); ++i) siblings_.emplace_back(XXH3_createState());
}

StructureJudge::~StructureJudge() = default;

void StructureJudge::begin_chunk() {
  for (const auto& state : siblings_) XXH3_64bits_reset(state.get());
}

void StructureJudge::judge(const Batch& batch, const Values& values, int64_t row) {
  judge_nulls(batch, row);
  if (!plan_.count_rules.empty()) judge_counts(batch, row);
  if (!plan_.distinct_rules.empty()) judge_distinct(batch, values, row);
  if (!plan_.sibling_rules.empty()) digest_siblings(batch);
}

void StructureJudge::judge_nulls(const Batch& batch, int64_t row) {
  if (batch.values != batch.entries) {
    const int16_t least = std::ranges::min(batch.definition_levels);
    for (const NullRule& rule : plan_.null_rules) {
      if (least >= rule.definition_level) continue;
      each_entry(batch, row, [&](size_t entry, int64_t at) {
        const int16_t level = definition(batch, entry);
        if (level >= rule.slot_level && level < rule.definition_level) rule.finding->add(at, [] { return "null"; });
      });
    }
  }
  for (const AbsentRule& rule : plan_.absent_rules) {
    each_entry(batch, row, [&](size_t entry, int64_t at) {
      const bool begins_instance = repetition(batch, entry) <= rule.repetition_level;
      if (begins_instance && definition(batch, entry) >= rule.definition_level) {
        rule.finding->add(at, [] { return "no such column, although its parent is there"; });
      }
    });
  }
}

void StructureJudge::close_count(const CountRule& rule, OpenList& list) {
  if (list.open && (list.count < rule.items_min || list.count > rule.items_max)) {
    rule.finding->add(list.row, [&] { return fmt::format("{} items", list.count); });
  }
  list.open = false;
}

void StructureJudge::judge_counts(const Batch& batch, int64_t row) {
  for (size_t i = 0; i < plan_.count_rules.size(); ++i) {
    const CountRule& rule = plan_.count_rules[i];
    OpenList& list = counted_[i];
    each_entry(batch, row, [&](size_t entry, int64_t at) {
      const int16_t repeated = repetition(batch, entry);
      const int16_t level = definition(batch, entry);
      if (repeated < rule.repetition_level) {
        close_count(rule, list);
        list.open = level >= rule.definition_level;
        list.row = at;
        list.count = level >= rule.entry_level ? 1 : 0;
      } else if (repeated == rule.repetition_level) {
        ++list.count;
      }
    });
  }
}

void StructureJudge::close_distinct(const DistinctRule& rule, OpenList& list) {
  if (list.items.size() > 1) {
    std::ranges::sort(list.items);
    if (std::ranges::adjacent_find(list.items) != list.items.end()) {
      rule.finding->add(list.row, [&] { return fmt::format("equal ones among {}", list.items.size()); });
    }
  }
  list.items.clear();
}

void StructureJudge::judge_distinct(const Batch& batch, const Values& values, int64_t row) {
  for (size_t i = 0; i < plan_.distinct_rules.size(); ++i) {
    const DistinctRule& rule = plan_.distinct_rules[i];
    OpenList& list = distinct_[i];
    size_t value = 0;
    each_entry(batch, row, [&](size_t entry, int64_t at) {
      if (repetition(batch, entry) < rule.repetition_level) {
        close_distinct(rule, list);
        list.row = at;
      }
      if (definition(batch, entry) != definition_max_) return;
      const size_t index = batch.is_indices ? static_cast<size_t>(batch.indices[value]) : value;
      ++value;
      if (list.items.size() < distinct_items_max) list.items.push_back(hash_of(values, index));
    });
  }
}

void StructureJudge::digest_siblings(const Batch& batch) {
  for (size_t i = 0; i < plan_.sibling_rules.size(); ++i) {
    const SiblingRule& rule = plan_.sibling_rules[i];
    projected_.clear();
    projected_.reserve(static_cast<size_t>(batch.entries));
    const bool all_begin = plan_.node->repetition_level <= rule.repetition_level;
    for (size_t entry = 0; entry < static_cast<size_t>(batch.entries); ++entry) {
      const int16_t repeated = repetition(batch, entry);
      if (!all_begin && repeated > rule.repetition_level) continue;
      projected_.push_back(
          static_cast<int16_t>(std::min(definition(batch, entry), rule.level_max) * level_base + repeated));
    }
    XXH3_64bits_update(siblings_[i].get(), projected_.data(), projected_.size() * sizeof(int16_t));
  }
}

std::vector<StructureJudge::Digest> StructureJudge::end_chunk() {
  for (size_t i = 0; i < counted_.size(); ++i) close_count(plan_.count_rules[i], counted_[i]);
  for (size_t i = 0; i < distinct_.size(); ++i) close_distinct(plan_.distinct_rules[i], distinct_[i]);
  std::vector<Digest> digests;
  for (size_t i = 0; i < siblings_.size(); ++i) {
    digests.push_back({plan_.sibling_rules[i].group, XXH3_64bits_digest(siblings_[i].get())});
  }
  return digests;
}

}  // namespace lakegate::validation
