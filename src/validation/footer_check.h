// What a footer claims about a chunk, compared with what its pages hold. Readers skip data by these claims, so a wrong
// one hides rows.
#pragma once

#include <optional>

#include "columnar/file_schema.h"
#include "columnar/parquet_format.h"
#include "validation/column_facts.h"

namespace lakegate::validation {

// Claims that are absent, or too short to be values of the column, claim nothing. Bounds may be wider than the data.
std::optional<Violation> check_statistics(const columnar::FileNode& leaf, const columnar::ColumnMetaData& chunk,
                                          const ColumnFacts& facts);

}  // namespace lakegate::validation
