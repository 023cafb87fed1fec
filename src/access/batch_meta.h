// The meta directory of a batch, contract/data-access.md "meta directory": computed when it is asked for. `input_files`
// is there; `row_errors` and its samples are not: rows that were refused are not kept apart.
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

// What stands at `path`, a slash at its end or not; empty: the root. A batch that does not show its files has an empty
// root. `file_not_found`.
Result<std::variant<MetaDirectory, MetaFile>> read_meta(ReadTx& tx, const Batch& batch, std::string_view path);

}  // namespace lakegate::access
