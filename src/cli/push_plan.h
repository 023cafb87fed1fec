// What a push sends: the files behind the names on the command line, and what each is called in the batch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace lakegate::cli {

struct PushFile {
  std::string source;  // where it is, absolute
  std::string name;    // its path in the batch
  int64_t bytes = 0;
  int64_t modified_ns = 0;

  bool operator==(const PushFile&) const = default;
};

// A file keeps its own name. A folder gives every *.parquet below it, in order of path, under its path within the
// folder; what begins with "." or "_" is left out, as writers of folders mean it. A pattern (* ? [) gives the files it
// matches under their names. `local_file`: nothing found, not readable, or two files of one name.
Result<std::vector<PushFile>> plan_push(const std::vector<std::string>& sources);

}  // namespace lakegate::cli
