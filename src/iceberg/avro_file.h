// Avro object container files, deflated. Avro specification 1.12, "Object Container Files". No I/O: bytes in memory.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "iceberg/avro_value.h"

namespace lakegate::iceberg {

using SyncMarker = std::array<std::byte, 16>;

SyncMarker random_sync_marker(Random& random);

class AvroFileWriter {
 public:
  // `metadata` goes into the header beside `avro.schema` and `avro.codec`.
  AvroFileWriter(std::string_view schema_json, const std::map<std::string, std::string>& metadata, SyncMarker sync);

  // One record, encoded. Blocks are cut at about 64 KiB before compression.
  void append(std::string_view record);

  std::string finish() &&;

 private:
  void end_block();

  const SyncMarker sync_;
  std::string out_;
  std::string block_;
  int64_t block_records_ = 0;
};

struct AvroFile {
  std::map<std::string, std::string> metadata;  // with avro.schema
  std::vector<AvroValue> records;
};

struct AvroLimits {
  int64_t bytes_max = int64_t{1} << 30;      // of all blocks when inflated
  int64_t values_max = int64_t{50'000'000};  // numbers, texts, records, lists
};

// Trusts nothing: every length is held against what is there and against the limits. Codecs null and deflate.
// `corrupt` with the place where it went wrong.
Result<AvroFile> read_avro_file(std::string_view bytes, const AvroLimits& limits = {});

}  // namespace lakegate::iceberg
