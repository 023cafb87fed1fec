#include "iceberg/avro_encoder.h"
#include "iceberg/avro_file.h"
#include "iceberg/deflate.h"

namespace lakegate::iceberg {
namespace {

constexpr size_t block_bytes = 64 << 10;

std::string_view text_of(const SyncMarker& sync) { return {reinterpret_cast<const char*>(sync.data()), sync.size()}; }

}  // namespace

SyncMarker random_sync_marker(Random& random) {
  SyncMarker sync{};
  random.fill(sync);
  return sync;
}

AvroFileWriter::AvroFileWriter(std::string_view schema_json, const std::map<std::string, std::string>& metadata,
                               SyncMarker sync)
    : sync_(sync), out_("Obj\1") {
  AvroEncoder header(out_);
  header.begin_array(metadata.size() + 2);
  const auto put = [&](std::string_view key, std::string_view value) {
    header.put_bytes(key);
    header.put_bytes(value);
  };
  put("avro.schema", schema_json);
  put("avro.codec", "deflate");
  for (const auto& [key, value] : metadata) put(key, value);
  header.end_array(metadata.size() + 2);
  out_ += text_of(sync_);
}

void AvroFileWriter::append(std::string_view record) {
  block_ += record;
  ++block_records_;
  if (block_.size() >= block_bytes) end_block();
}

std::string AvroFileWriter::finish() && {
  end_block();
  return std::move(out_);
}

void AvroFileWriter::end_block() {
  if (block_records_ == 0) return;
  AvroEncoder encoder(out_);
  encoder.put_long(block_records_);
  encoder.put_bytes(deflate(block_));
  out_ += text_of(sync_);
  block_.clear();
  block_records_ = 0;
}

}  // namespace lakegate::iceberg
