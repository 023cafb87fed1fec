#include "validation/structure_judge.h"

#include <fmt/core.h>
#include <xxhash.h>

#include <algorithm>
#include <type_traits>

namespace lakegate::validation {
namespace {

using columnar::Batch;
using columnar::Values;

constexpr size_t distinct_items_max = 1 << 20;  // of one list; what is behind is not compared

// Calls each(entry, row) for the entries of a batch before which `row` rows began.
template <class Each>
void each_entry(const Batch& batch, int64_t row, Each&& each) {
  for (size_t i = 0; i < static_cast<size_t>(batch.entries); ++i) {
    if (batch.repetition_levels.empty() || batch.repetition_levels[i] == 0) ++row;
    each(i, row - 1);
  }
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

StructureJudge::StructureJudge(const LeafPlan& plan)
    : plan_(plan),
      definition_max_(plan.node->definition_level),
      counted_(plan.count_rules.size()),
      distinct_(plan.distinct_rules.size()) {
  for (size_t i = 0; i < plan.sibling_rules.size(); ++i) siblings_.emplace_back(plan.sibling_rules[i], *plan.node);
}

int16_t StructureJudge::definition(const Batch& batch, size_t entry) const {
  return batch.definition_levels.empty() ? definition_max_ : batch.definition_levels[entry];
}

void StructureJudge::begin_chunk() {
  for (LevelDigest& digest : siblings_) digest.begin();
}

void StructureJudge::judge(const Batch& batch, const Values& values, int64_t row) {
  judge_nulls(batch, row);
  if (!plan_.count_rules.empty()) judge_counts(batch, row);
  if (!plan_.distinct_rules.empty()) judge_distinct(batch, values, row);
  for (LevelDigest& digest : siblings_) digest.add(batch);
}

void StructureJudge::judge_nulls(const Batch& batch, int64_t row) {
  if (batch.values != batch.entries) {
    for (const NullRule& rule : plan_.null_rules) {
      if (batch.least_definition_level >= rule.definition_level) continue;
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

std::vector<StructureJudge::Digest> StructureJudge::end_chunk() {
  for (size_t i = 0; i < counted_.size(); ++i) close_count(plan_.count_rules[i], counted_[i]);
  for (size_t i = 0; i < distinct_.size(); ++i) close_distinct(plan_.distinct_rules[i], distinct_[i]);
  std::vector<Digest> digests;
  for (size_t i = 0; i < siblings_.size(); ++i) {
    digests.push_back({plan_.sibling_rules[i].group, siblings_[i].finish()});
  }
  return digests;
}

}  // namespace lakegate::validation
