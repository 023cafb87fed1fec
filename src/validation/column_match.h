// Whether a file's column can hold a field's values as they are (contract: "Parquet against the schema").
#pragma once

#include <optional>
#include <string>

#include "columnar/file_schema.h"
#include "model/check_schema.h"

namespace lakegate::validation {

// What is wrong with the type of `column` under `check`; nothing when it fits. Children are not looked at.
std::optional<Violation> type_violation(const columnar::FileNode& column, const CheckNode& check);

}  // namespace lakegate::validation
