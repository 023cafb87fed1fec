// Data files for tests: what the server makes of a good file.
#pragma once

#include <string>

#include "model/table_schema.h"

namespace lakegate::columnar::testing {

// `sent` and its tail. Aborts when it cannot have one.
std::string with_tail(const std::string& sent, const TableSchema& table);

// A column in one line; `table_name` is `name`.
Column column(int32_t field_id, std::string name, TypeKind kind, std::vector<Column> children = {});

}  // namespace lakegate::columnar::testing
