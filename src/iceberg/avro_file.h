// Avro object container files, deflated. Avro specification 1.12, "Object Container Files". No I/O: bytes in memory.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

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

struct AvroLimits {
  int64_t header_bytes_max = 64 << 20;    // a table of 10,000 columns has a schema of a megabyte
  int64_t inflated_bytes_max = 1 << 30;   // of all blocks
  int64_t record_values_max = 1'000'000;  // numbers, texts, records, lists within one record
};

// Trusts nothing: every length is held against what is there and against the limits. Codecs null and deflate. One block
// and one record are in memory at a time. Errors are `corrupt` and name the place.
class AvroFileReader {
 public:
  // `bytes` must outlive the reader.
  static Result<AvroFileReader> open(std::string_view bytes, const AvroLimits& limits = {});

  // With `avro.schema`.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  // Nothing: the file is at its end.
  Result<std::optional<AvroValue>> next();

 private:
  AvroFileReader() = default;
  Status read_header();
  Status read_block();

  AvroLimits limits_;
  std::string_view all_;
  std::string_view rest_;  // what follows the last block read
  std::map<std::string, std::string> metadata_;
  AvroType type_;
  bool deflated_ = false;
  std::string_view sync_;
  std::string inflated_;
  size_t block_at_ = 0;      // bytes of the block that were read
  std::string_view stored_;  // the block, where it is not deflated
  int64_t records_left_ = 0;
  int64_t inflated_bytes_ = 0;
};

}  // namespace lakegate::iceberg
