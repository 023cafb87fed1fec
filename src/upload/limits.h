// How much one request and one batch may bring. Settings `upload.…`; the defaults are the contract's figures.
#pragma once

#include <chrono>
#include <cstdint>

namespace lakegate::upload {

struct Limits {
  int64_t whole_file_bytes_max = 256LL << 20;  // PUT; larger files go in parts
  int64_t part_bytes_max = 512'000'000;        // PATCH
  int64_t file_bytes_max = 1LL << 40;          // declared total of a file that comes in parts
  int64_t files_per_batch_max = 25'000;
  int64_t batch_bytes_max = 1LL << 40;        // asked at COMPLETE
  int64_t parts_per_file_max = 100'000;       // held ranges in the ledger
  std::chrono::seconds replace_patience{10};  // how long a repeated part waits for the stalled request to let go
};

}  // namespace lakegate::upload
