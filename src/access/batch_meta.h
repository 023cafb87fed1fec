// The directories `meta` and `failed` of a batch, contract/data-access.md: computed when they are asked for, out of the
// ledger alone. What they tell of rows is error_files.h's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/batch.h"

namespace lakegate::access {

inline constexpr int64_t paths_per_meta_file = 1000;

struct MetaEntry {
  std::string name;  // from the root: "input_files/fileMetaData1.json"
  int64_t length_bytes = 0;
};
using MetaDirectory = std::vector<MetaEntry>;
using MetaFile = std::string;  // one JSON object a line

// `input_files` and `row_errors`, and of a batch with errors the sample file under both of its names. What stands at
// `path`, a slash at its end or not; empty: the root. A batch that does not show its files has an empty
// root. `file_not_found`.
Result<std::variant<MetaDirectory, MetaFile>> read_meta(ReadTx& tx, const Batch& batch, std::string_view path);

// The directory `failed`, or a file of it: "_SUCCESS", which is empty, and "part-00000-<batch>-c000.json" where rows
// with value errors are known. Of any batch but a failed one the directory is empty. `file_not_found`.
Result<std::variant<MetaDirectory, MetaFile>> read_failed(ReadTx& tx, const Batch& batch, std::string_view path);

}  // namespace lakegate::access
