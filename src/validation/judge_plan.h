// Which column of a file is judged by which part of the schema. Made from both schemas before any page is read; what
// is wrong with names and types is found here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "columnar/file_schema.h"
#include "model/check_schema.h"
#include "validation/value_rules.h"
#include "validation/violation_log.h"

namespace lakegate::validation {

// Rules about structure are judged on the levels of one leaf each: the first below the node that they concern.

// A required node is null although there is a place for it.
struct NullRule {
  int16_t slot_level = 0;
  int16_t definition_level = 0;
  ViolationLog::Finding* finding = nullptr;
};
// A group exists and the file has no column for a field that it requires.
struct AbsentRule {
  int16_t definition_level = 0;  // of the group
  int16_t repetition_level = 0;
  ViolationLog::Finding* finding = nullptr;
};
// The number of elements of a list or map.
struct CountRule {
  int16_t definition_level = 0;  // the list is there, maybe empty
  int16_t entry_level = 0;       // with an element
  int16_t repetition_level = 0;  // of the elements
  int64_t items_min = 0;
  int64_t items_max = INT64_MAX;
  ViolationLog::Finding* finding = nullptr;
};
// No two equal values in one list (or keys in one map).
struct DistinctRule {
  int16_t entry_level = 0;
  int16_t repetition_level = 0;
  ViolationLog::Finding* finding = nullptr;
};
// All leaves of a group must tell the same of it: which of its instances exist.
struct SiblingRule {
  int32_t group = 0;             // index into JudgePlan::group_paths
  int16_t level_max = 0;         // definition levels above it concern the group's inside
  int16_t repetition_level = 0;  // entries above it continue an instance
};

struct LeafPlan {
  int32_t leaf = 0;
  const columnar::FileNode* node = nullptr;
  const CheckNode* check = nullptr;
  ValueRules rules;
  std::vector<NullRule> null_rules;
  std::vector<AbsentRule> absent_rules;
  std::vector<CountRule> count_rules;
  std::vector<DistinctRule> distinct_rules;
  std::vector<SiblingRule> sibling_rules;
  bool is_repeated = false;  // below a list or map
};

struct JudgePlan {
  std::vector<LeafPlan> leaves;  // those that can be judged, ascending
  std::vector<std::string> group_paths;
};

// Both schemas must outlive the plan. Findings go to `log`. An Error means that the checks themselves are unusable.
Result<JudgePlan> make_judge_plan(const columnar::FileSchema& file, const CheckSchema& checks, int64_t row_count,
                                  ViolationLog& log);

}  // namespace lakegate::validation
