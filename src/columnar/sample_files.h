// Tiny Parquet files through which a process can exercise every decoder once (before it locks itself in).
#pragma once

#include <string>
#include <vector>

namespace lakegate::columnar {

// Columns b boolean, i int32, l int64, f float, d double, s string, t timestamp (milliseconds, UTC), all optional,
// some rows. One file for each codec and each encoding. Throws what Parquet throws; cannot fail but for memory.
std::vector<std::string> sample_files();

}  // namespace lakegate::columnar
