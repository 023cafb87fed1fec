#include "validation/leaf_judge.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

namespace lakegate::validation {
namespace {

using columnar::Batch;
using columnar::Values;

// What the rules and statistics take a value for.
int64_t widened(int32_t value) { return value; }
int64_t widened(int64_t value) { return value; }
double widened(float value) { return value; }
double widened(double value) { return value; }
bool widened(uint8_t value) { return value != 0; }
std::string_view widened(std::string_view value) { return value; }

std::string shown(const Values& values, size_t index) {
  return std::visit(
      [&](const auto& span) -> std::string {
        const auto& value = span[index];
        using T = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::string_view>)
          return fmt::format("\"{}\"", value.substr(0, 1000));
        else if constexpr (std::is_same_v<T, uint8_t>)
          return value != 0 ? "true" : "false";
        else
          return fmt::format("{}", value);
      },
      values);
}

}  // namespace

LeafJudge::LeafJudge(const LeafPlan& plan, ViolationLog& log) : plan_(plan), log_(log), structure_(plan) {}

void LeafJudge::begin_chunk(int64_t first_row) {
  row_ = first_row;
  facts_ = {};
  has_dictionary_ = false;
  broken_.clear();
  used_.clear();
  structure_.begin_chunk();
}

void LeafJudge::judge(const Batch& batch, const Values& dictionary) {
  facts_.entry_count += batch.entries;
  facts_.null_count += batch.entries - batch.values;
  value_rows_.clear();
  structure_.judge(batch, batch.is_indices ? dictionary : batch.plain, row_);
  if (batch.is_indices) {
    if (!has_dictionary_) judge_dictionary(dictionary);
    judge_indices(batch);
  } else {
    std::visit([&](const auto& values) { judge_values(batch, values); }, batch.plain);
  }
  row_ += batch.rows;
}

template <class T>
BrokenRules LeafJudge::judge_value(const T& value) const {
  return plan_.rules.judge(widened(value));
}

// Adds values to the statistics; true when all are known to be fine from that alone.
template <class T>
bool LeafJudge::include(std::span<const T> values) {
  if (values.empty()) return true;
  const columnar::Extent<T> extent = columnar::extent(values);
  if constexpr (std::is_same_v<T, std::string_view>) {
    facts_.extremes.include(extent.smallest);
    facts_.extremes.include(extent.largest);
    return false;
  } else if constexpr (std::is_floating_point_v<T>) {
    facts_.nan_count += extent.nan_count;
    if (extent.nan_count == static_cast<int64_t>(values.size())) return false;
    facts_.extremes.include(double{extent.smallest}, double{extent.largest});
  } else {
    facts_.extremes.include(int64_t{extent.smallest}, int64_t{extent.largest});
  }
  return are_fine(extent);
}

// Whether nothing in between can be wrong either.
template <class T>
bool LeafJudge::are_fine(const columnar::Extent<T>& extent) const {
  if constexpr (std::is_same_v<T, std::string_view>)
    return false;
  else if constexpr (std::is_same_v<T, uint8_t>)
    return plan_.rules.all_fine();
  else if constexpr (std::is_floating_point_v<T>)
    return extent.nan_count == 0 && plan_.rules.all_fine(double{extent.smallest}, double{extent.largest});
  else
    return plan_.rules.all_fine(int64_t{extent.smallest}, int64_t{extent.largest});
}

template <class T>
void LeafJudge::judge_values(const Batch& batch, std::span<const T> values) {
  if (include(values)) return;
  for (size_t i = 0; i < values.size(); ++i) {
    if (const BrokenRules broken = judge_value(values[i]); broken != 0) report(batch, i, broken, batch.plain, i);
  }
}

// Every entry is judged once, whether or not it is used; a bad one counts where an index uses it.
void LeafJudge::judge_dictionary(const Values& dictionary) {
  has_dictionary_ = true;
  dictionary_ = dictionary;
  std::visit(
      [&]<class T>(std::span<const T> entries) {
        used_.assign(entries.size(), 0);
        first_unused_ = 0;
        if (entries.empty() || (!std::is_same_v<T, std::string_view> && are_fine(columnar::extent(entries)))) return;
        for (size_t i = 0; i < entries.size(); ++i) {
          const BrokenRules broken = judge_value(entries[i]);
          if (broken == 0) continue;
          broken_.resize(entries.size(), 0);
          broken_[i] = broken;
        }
      },
      dictionary);
}

void LeafJudge::judge_indices(const Batch& batch) {
  // Soon every entry was used once, and nothing is left to be noted.
  while (first_unused_ < used_.size() && used_[first_unused_] != 0) ++first_unused_;
  if (first_unused_ < used_.size()) {
    for (const int32_t index : batch.indices) used_[static_cast<size_t>(index)] = 1;
  }
  if (broken_.empty()) return;
  for (size_t i = 0; i < batch.indices.size(); ++i) {
    const auto index = static_cast<size_t>(batch.indices[i]);
    if (broken_[index] != 0) report(batch, i, broken_[index], dictionary_, index);
  }
}

void LeafJudge::include_used_entries() {
  if (!has_dictionary_) return;
  const bool all_used = std::ranges::find(used_, 0) == used_.end();
  std::visit(
      [&]<class T>(std::span<const T> entries) {
        if (all_used) return void(include(entries));
        for (size_t i = 0; i < entries.size(); ++i) {
          if (used_[i] != 0) include(entries.subspan(i, 1));
        }
      },
      dictionary_);
}

void LeafJudge::report(const Batch& batch, size_t value, BrokenRules broken, const Values& values, size_t index) {
  const int64_t row = row_of(batch, value);
  for (const Rule rule : all_rules) {
    if ((broken & bit(rule)) == 0) continue;
    ViolationLog::Finding*& finding = findings_[static_cast<size_t>(rule)];
    if (finding == nullptr) {
      finding = &log_.finding(plan_.rules.code(rule), plan_.node->path, plan_.rules.expected(rule));
    }
    finding->add(row, [&] { return shown(values, index); });
  }
}

int64_t LeafJudge::row_of(const Batch& batch, size_t value) {
  if (value_rows_.empty()) {
    int64_t row = row_;
    for (size_t entry = 0; entry < static_cast<size_t>(batch.entries); ++entry) {
      if (batch.repetition_levels.empty() || batch.repetition_levels[entry] == 0) ++row;
      const bool is_value =
          batch.definition_levels.empty() || batch.definition_levels[entry] == plan_.node->definition_level;
      if (is_value) value_rows_.push_back(row - 1);
    }
  }
  return value_rows_[value];
}

LeafJudge::ChunkResult LeafJudge::end_chunk() {
  include_used_entries();
  has_dictionary_ = false;
  return {std::move(facts_), structure_.end_chunk()};
}

}  // namespace lakegate::validation
