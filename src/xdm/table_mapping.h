// From a resolved XDM schema to a table's columns and to the checks of its files.
//
//   string, uri, …          string        integer by bounds   int (also short, byte; no bounds) or long
//   number                  double        array               list<items>
//   boolean                 boolean       object              struct<properties>
//   string format date      date          object with additionalProperties and no properties   map<string, …>
//   string format date-time timestamptz   no type             see DESIGN.md, "Fields without a type"
// An object without any column below it makes no column: an Iceberg struct may not be empty.
#pragma once

#include "base/result.h"
#include "model/check_schema.h"
#include "model/table_schema.h"
#include "xdm/field_facts.h"
#include "xdm/resolver.h"

namespace lakegate::xdm {

inline constexpr size_t table_columns_max = 50'000;  // at any depth

// Columns of one struct stand in the order of their ids. New paths get facts. `schema_id` is left 0. A schema without
// any field makes a table without columns; whoever makes a dataset of it refuses. `schema_invalid`: too many columns,
// or a field without a name.
Result<TableSchema> to_table_schema(const ResolvedSchema& schema, FieldFacts& facts);

// `table` must come from the same schema. `schema_invalid`: a constraint that cannot be checked (a pattern with
// look-around or back-references, an enum that no value can meet), naming field and reason.
Result<CheckSchema> to_check_schema(const ResolvedSchema& schema, const TableSchema& table);

// Leaf columns: primitives at any depth, a map's key not counted.
size_t leaf_count(const TableSchema& table);

}  // namespace lakegate::xdm
