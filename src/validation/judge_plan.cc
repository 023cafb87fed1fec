#include "validation/judge_plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/ascii.h"
#include "columnar/checked.h"
#include "validation/column_match.h"

namespace lakegate::validation {
namespace {

using columnar::FileNode;
using columnar::FileShape;

constexpr int32_t none = -1;

class Planner {
 public:
  Planner(ViolationLog& log, int64_t row_count) : log_(log), row_count_(row_count) {}

  Result<JudgePlan> plan(const columnar::FileSchema& file, const CheckSchema& checks) {
    LG_ASSIGN(const std::vector<int32_t> leaves, fields(nullptr, file.columns, checks.columns));
    (void)leaves;
    return std::move(plan_);
  }

 private:
  // Matches the fields of a struct, or of the file (`parent` null), by name. Answers the first planned leaf of each
  // matched child.
  Result<std::vector<int32_t>> fields(const FileNode* parent, const std::vector<FileNode>& columns,
                                      const std::vector<CheckNode>& checks) {
    std::unordered_map<std::string_view, const CheckNode*> by_name;
    for (const CheckNode& check : checks) by_name.emplace(check.name, &check);
    std::unordered_set<std::string_view> present;
    std::vector<int32_t> leaves;
    for (const FileNode& column : columns) {
      const auto found = by_name.find(column.name);
      if (!present.insert(column.name).second) {
        log_.add(columnar::violation(violations::duplicate_column, column.path, "a second column of this name", "one"));
      } else if (found == by_name.end()) {
        unknown(column, checks);
      } else {
        LG_ASSIGN(const int32_t leaf, node(column, *found->second));
        if (leaf != none) leaves.push_back(leaf);
      }
    }
    for (const CheckNode& check : checks) {
      if (check.constraints.required && !present.contains(check.name)) absent(parent, check, leaves);
    }
    return leaves;
  }

  void unknown(const FileNode& column, const std::vector<CheckNode>& checks) {
    const auto twin = std::ranges::find_if(
        checks, [&](const CheckNode& check) { return ascii::equals_ignoring_case(check.name, column.name); });
    log_.add(columnar::violation(
        violations::unknown_column, column.path, fmt::format("a column of type {}", column.type_text()),
        "columns of the schema only",
        twin == checks.end() ? "" : fmt::format("Names are case-sensitive: the schema spells it \"{}\".", twin->name)));
  }

  void absent(const FileNode* parent, const CheckNode& check, const std::vector<int32_t>& leaves) {
    const std::string path = parent == nullptr ? check.name : parent->path + "." + check.name;
    constexpr std::string_view found = "no such column";
    if (parent == nullptr) {
      if (row_count_ == 0) return;
      log_.add_to_every_row(columnar::violation(violations::required_missing, path, std::string(found), "a value"),
                            row_count_);
    } else if (!leaves.empty()) {
      plan_leaf(leaves.front())
          .absent_rules.push_back({parent->definition_level, parent->repetition_level,
                                   &log_.finding(violations::required_missing, path, "a value")});
    }
  }

  // Answers the first planned leaf below, or none.
  Result<int32_t> node(const FileNode& column, const CheckNode& check) {
    if (auto wrong = type_violation(column, check)) {
      log_.add(*std::move(wrong));
      return none;
    }
    int32_t first = none;
    switch (column.shape) {
      case FileShape::primitive: {
        LG_ASSIGN(first, primitive(column, check));
        break;
      }
      case FileShape::structure: {
        LG_ASSIGN(const std::vector<int32_t> leaves, fields(&column, column.children, check.children));
        first = siblings(column.path, leaves, column.definition_level, column.repetition_level);
        break;
      }
      case FileShape::list:
      case FileShape::map: {
        LG_ASSIGN(first, container(column, check));
        break;
      }
      case FileShape::unreadable: break;
    }
    if (first != none && check.constraints.required && column.definition_level > column.slot_level) {
      plan_leaf(first).null_rules.push_back({column.slot_level, column.definition_level,
                                             &log_.finding(violations::required_missing, column.path, "a value")});
    }
    return first;
  }

  Result<int32_t> primitive(const FileNode& column, const CheckNode& check) {
    LG_ASSIGN(ValueRules rules, ValueRules::compile(check, column));
    leaf_positions_[column.leaf_begin] = plan_.leaves.size();
    plan_.leaves.push_back({.leaf = column.leaf_begin,
                            .node = &column,
                            .check = &check,
                            .rules = std::move(rules),
                            .null_rules = {},
                            .absent_rules = {},
                            .count_rules = {},
                            .distinct_rules = {},
                            .sibling_rules = {},
                            .is_repeated = column.repetition_level > 0});
    return column.leaf_begin;
  }

  Result<int32_t> container(const FileNode& column, const CheckNode& check) {
    std::vector<int32_t> leaves;
    for (size_t i = 0; i < column.children.size(); ++i) {
      LG_ASSIGN(const int32_t leaf, node(column.children[i], check.children[i]));
      if (leaf != none) leaves.push_back(leaf);
    }
    if (leaves.empty()) return none;
    const Constraints& constraints = check.constraints;
    const bool is_map = column.shape == FileShape::map;
    if (constraints.items_min || constraints.items_max) {
      const int64_t least = constraints.items_min.value_or(0);
      const int64_t most = constraints.items_max.value_or(INT64_MAX);
      const std::string expected =
          constraints.items_max ? fmt::format("{} to {} items", least, most) : fmt::format("at least {} items", least);
      plan_leaf(leaves.front())
          .count_rules.push_back({column.definition_level, column.entry_level, column.repetition_level, least, most,
                                  &log_.finding(violations::item_count, column.path, expected)});
    }
    const FileNode& first = column.children.front();
    const bool plain = first.shape == FileShape::primitive && leaves.front() == first.leaf_begin;
    if (plain && (is_map || constraints.items_unique)) {
      plan_leaf(leaves.front())
          .distinct_rules.push_back({column.entry_level, column.repetition_level,
                                     &log_.finding(is_map ? violations::map_key_invalid : violations::items_repeated,
                                                   column.path, is_map ? "keys that differ" : "items that differ")});
    }
    return siblings(column.path, leaves, column.entry_level, column.repetition_level);
  }

  int32_t siblings(const std::string& path, const std::vector<int32_t>& leaves, int16_t level_max,
                   int16_t repetition_level) {
    if (leaves.empty()) return none;
    if (leaves.size() > 1 && (level_max > 0 || repetition_level > 0)) {
      const auto group = static_cast<int32_t>(plan_.group_paths.size());
      plan_.group_paths.push_back(path);
      for (const int32_t leaf : leaves) plan_leaf(leaf).sibling_rules.push_back({group, level_max, repetition_level});
    }
    return leaves.front();
  }

  LeafPlan& plan_leaf(int32_t leaf) { return plan_.leaves[leaf_positions_.at(leaf)]; }

  ViolationLog& log_;
  const int64_t row_count_;
  JudgePlan plan_;
  std::unordered_map<int32_t, size_t> leaf_positions_;
};

}  // namespace

Result<JudgePlan> make_judge_plan(const columnar::FileSchema& file, const CheckSchema& checks, int64_t row_count,
                                  ViolationLog& log) {
  return Planner(log, row_count).plan(file, checks);
}

}  // namespace lakegate::validation
