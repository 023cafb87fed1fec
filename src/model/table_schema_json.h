// TableSchema as JSON text for the ledger: a form of our own (Iceberg's lives in iceberg/), lossless and versioned.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/table_schema.h"

namespace lakegate {

std::string table_schema_to_json(const TableSchema& schema);

// `corrupt`: not JSON, another version, a missing member, a wrong number of children, nested deeper than 100.
Result<TableSchema> table_schema_from_json(std::string_view text);

}  // namespace lakegate
