#include "base/error_codes.h"
#include "iceberg/avro_file.h"
#include "iceberg/avro_primitives.h"
#include "iceberg/deflate.h"

namespace lakegate::iceberg {
namespace {

constexpr std::string_view magic = "Obj\1";
constexpr int64_t sync_bytes = 16;
constexpr size_t metadata_entries_max = 1'000;

}  // namespace

Result<AvroFileReader> AvroFileReader::open(std::string_view bytes, const AvroLimits& limits) {
  AvroFileReader reader;
  reader.limits_ = limits;
  reader.all_ = bytes;
  reader.rest_ = bytes;
  LG_TRY(reader.read_header());
  return reader;
}

Status AvroFileReader::read_header() {
  if (!rest_.starts_with(magic))
    return fail(codes::corrupt, "this is no Avro file: it does not begin with 'Obj' and 1");
  rest_.remove_prefix(magic.size());
  while (true) {
    LG_ASSIGN(const int64_t count, take_count(rest_));
    if (count == 0) break;
    for (int64_t i = 0; i < count; ++i) {
      LG_ASSIGN(const std::string_view key, take_bytes(rest_));
      LG_ASSIGN(const std::string_view value, take_bytes(rest_));
      metadata_.insert_or_assign(std::string(key), std::string(value));
      if (metadata_.size() > metadata_entries_max) return fail(codes::corrupt, "the Avro header has too many entries");
    }
  }
  if (static_cast<int64_t>(all_.size() - rest_.size()) > limits_.header_bytes_max) {
    return fail(codes::corrupt, "the Avro header is over {} bytes", limits_.header_bytes_max);
  }
  LG_ASSIGN(sync_, take_exactly(rest_, sync_bytes));

  const auto schema = metadata_.find("avro.schema");
  if (schema == metadata_.end()) return fail(codes::corrupt, "the Avro header has no schema");
  LG_ASSIGN(type_, parse_avro_type(schema->second));

  const auto codec = metadata_.find("avro.codec");
  deflated_ = codec != metadata_.end() && codec->second == "deflate";
  if (!deflated_ && codec != metadata_.end() && codec->second != "null") {
    return fail(codes::corrupt, "Avro codec '{}' where null or deflate was expected", codec->second);
  }
  return {};
}

Status AvroFileReader::read_block() {
  const size_t at = all_.size() - rest_.size();
  LG_ASSIGN(records_left_, take_long(rest_));
  if (records_left_ < 0) return fail(codes::corrupt, "the Avro block at byte {} has {} records", at, records_left_);
  LG_ASSIGN(const std::string_view stored, take_bytes(rest_));
  LG_ASSIGN(const std::string_view sync, take_exactly(rest_, sync_bytes));
  if (sync != sync_) return fail(codes::corrupt, "the Avro block at byte {} does not end in the sync marker", at);
  if (deflated_) {
    LG_ASSIGN(inflated_, inflate(stored, static_cast<size_t>(limits_.inflated_bytes_max - inflated_bytes_)));
    inflated_bytes_ += static_cast<int64_t>(inflated_.size());
  }
  stored_ = stored;
  block_at_ = 0;
  return {};
}

Result<std::optional<AvroValue>> AvroFileReader::next() {
  while (records_left_ == 0) {
    if (rest_.empty()) return std::nullopt;
    LG_TRY(read_block());
    if (records_left_ == 0 && !(deflated_ ? inflated_ : stored_).empty()) {
      return fail(codes::corrupt, "an Avro block without records has bytes");
    }
  }
  const std::string_view block = deflated_ ? std::string_view(inflated_) : stored_;
  std::string_view unread = block.substr(block_at_);
  int64_t values_left = limits_.record_values_max;
  LG_ASSIGN(AvroValue record, decode_avro(type_, unread, values_left));
  block_at_ = block.size() - unread.size();
  if (--records_left_ == 0 && !unread.empty()) {
    return fail(codes::corrupt, "{} bytes are left behind the last record of an Avro block", unread.size());
  }
  return record;
}

}  // namespace lakegate::iceberg
