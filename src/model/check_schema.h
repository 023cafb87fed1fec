// CheckSchema: what a file of a dataset must fulfil, compiled from its XDM schema. A plain tree that runs parallel to
// the dataset's TableSchema (same nesting, same field ids), so that judging needs no JSON Schema and no ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/table_schema.h"

namespace lakegate {

// A constraint that is absent does not bind. Each applies to the kinds named beside it.
struct Constraints {
  bool required = false;               // any: the value may be neither missing nor null where its parent exists
  std::optional<double> minimum = {};  // float64
  std::optional<double> maximum = {};  // float64
  std::optional<int64_t> minimum_integer = {};  // int32, int64; byte and short get their range here
  std::optional<int64_t> maximum_integer = {};  // int32, int64
  bool exclusive_minimum = false;               // the bounds above exclude themselves
  bool exclusive_maximum = false;
  std::optional<int64_t> length_min = {};  // string: Unicode code points
  std::optional<int64_t> length_max = {};
  std::optional<std::string> pattern = {};        // string: ECMA-262, unanchored search
  std::vector<std::string> enumeration = {};      // string: allowed values (`enum`, or one `const`); empty = any
  std::vector<int64_t> enumeration_integer = {};  // int32, int64
  std::vector<double> enumeration_number = {};    // float64
  std::optional<bool> constant_boolean = {};      // boolean
  std::optional<int64_t> items_min = {};          // list, map (minProperties)
  std::optional<int64_t> items_max = {};
  bool items_unique = false;  // list of primitives

  bool operator==(const Constraints&) const = default;
};

// `children` as in Column: struct fields; one list element; map key and value.
struct CheckNode {
  int32_t field_id = 0;
  std::string name;  // exact and case-sensitive, as the file must spell it; list and map children: any spelling
  TypeKind kind = TypeKind::string;
  Constraints constraints;
  std::vector<CheckNode> children;

  bool operator==(const CheckNode&) const = default;
};

struct CheckSchema {
  std::vector<CheckNode> columns;
  bool operator==(const CheckSchema&) const = default;
};

}  // namespace lakegate
