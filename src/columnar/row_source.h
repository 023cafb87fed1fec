// RowSource: where the first rows of data files are read. Files come from clients, so the server has it done in a
// locked-in process (validation/row_process.h); tests read in place.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "columnar/row_reader.h"

namespace lakegate::columnar {

// One thread at a time. Blocks.
class RowSource {
 public:
  virtual ~RowSource() = default;

  // As columnar::read_rows. `query.table` is set.
  virtual Result<FileRows> read_rows(int fd, int64_t size_bytes, const RowQuery& query) = 0;
};

// One for the files of one preview, all of one org.
using OpenRowSource = std::function<Result<std::unique_ptr<RowSource>>()>;

}  // namespace lakegate::columnar
