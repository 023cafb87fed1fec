#include "columnar/level_reader.h"

#include <fmt/core.h>
#include <parquet/column_reader.h>

#include <algorithm>
#include <bit>

#include "base/result.h"
#include "columnar/arrow_guard.h"
#include "columnar/scan.h"

namespace lakegate::columnar {
namespace {

const uint8_t* unsigned_bytes(std::span<const char> bytes) { return reinterpret_cast<const uint8_t*>(bytes.data()); }

// Whether `entries` levels up to `max` take exactly these bytes of RLE and bit-packed runs (Encodings.md, "RLE"). A
// version 2 header says where levels end and values begin, and no checksum covers it: a wrong place would shift values.
bool fills(std::span<const char> levels, int16_t max, int64_t entries) {
  const auto bit_width = static_cast<int64_t>(std::bit_width(static_cast<uint16_t>(max)));
  size_t at = 0;
  while (entries > 0) {
    uint64_t header = 0;
    for (int shift = 0;; shift += 7) {
      if (at == levels.size() || shift > 28) return false;
      const auto byte = static_cast<uint8_t>(levels[at++]);
      header |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) break;
    }
    const auto count = static_cast<int64_t>(header >> 1);
    const bool packed = (header & 1) != 0;
    const int64_t bytes = packed ? count * bit_width : (bit_width + 7) / 8;
    if (count == 0 || bytes > static_cast<int64_t>(levels.size() - at)) return false;
    at += static_cast<size_t>(bytes);
    entries -= packed ? count * 8 : count;
  }
  return at == levels.size();
}

// Whether RLE-encoded levels begin with one run of `max` for all `entries`, as they do where nothing is null.
bool is_one_run(std::span<const char> levels, int16_t max, int32_t entries) {
  uint64_t header = 0;
  size_t at = 0;
  for (int shift = 0;; shift += 7) {
    if (at == levels.size() || shift > 28) return false;
    const auto byte = static_cast<uint8_t>(levels[at++]);
    header |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) break;
  }
  const bool repeats = (header & 1) == 0 && static_cast<int64_t>(header >> 1) >= entries;
  return repeats && max < 256 && at < levels.size() && static_cast<uint8_t>(levels[at]) == max;
}

constexpr size_t length_bytes = 4;  // before the levels of a version 1 page

}  // namespace

struct LevelReader::Decoders {
  parquet::LevelDecoder definition;
  parquet::LevelDecoder repetition;
};

LevelReader::LevelReader(const FileNode& leaf)
    : leaf_(leaf),
      definition_max_(leaf.definition_level),
      repetition_max_(leaf.repetition_level),
      decoders_(std::make_unique<Decoders>()),
      definition_(definition_max_ > 0 ? batch_entries_max : 0),
      repetition_(repetition_max_ > 0 ? batch_entries_max : 0) {}

LevelReader::~LevelReader() = default;

Checked<std::span<const char>> LevelReader::begin(const PageHeader& header, std::span<const char> body) {
  if (header.data_v2) return begin_v2(*header.data_v2, body);
  const DataPageHeader& page = *header.data;
  const auto take = [&](parquet::LevelDecoder& decoder, int16_t max, int32_t encoding) -> Check {
    if (max == 0) return {};
    if (encoding != static_cast<int32_t>(Encoding::rle) && encoding != static_cast<int32_t>(Encoding::bit_packed)) {
      return refuse(violations::corrupt, leaf_.path, fmt::format("levels of encoding {}", encoding),
                    "RLE or BIT_PACKED");
    }
    return guarded(leaf_.path, [&] {
      const int taken = decoder.SetData(static_cast<parquet::Encoding::type>(encoding), max, page.num_values,
                                        unsigned_bytes(body), static_cast<int32_t>(body.size()));
      body = body.subspan(std::min(static_cast<size_t>(taken), body.size()));
    });
  };
  LG_TRY(take(decoders_->repetition, repetition_max_, page.repetition_level_encoding));
  const std::span<const char> definition = body;
  LG_TRY(take(decoders_->definition, definition_max_, page.definition_level_encoding));
  const std::span<const char> taken = definition.first(definition.size() - body.size());
  page_is_full_ = definition_max_ == 0 || (repetition_max_ == 0 && taken.size() > length_bytes &&
                                           page.definition_level_encoding == static_cast<int32_t>(Encoding::rle) &&
                                           is_one_run(taken.subspan(length_bytes), definition_max_, page.num_values));
  return body;
}

// PageSource has checked that the levels' lengths fit.
Checked<std::span<const char>> LevelReader::begin_v2(const DataPageHeaderV2& header, std::span<const char> body) {
  const auto take = [&](parquet::LevelDecoder& decoder, int16_t max, int32_t bytes) -> Check {
    const std::span<const char> levels = body.first(static_cast<size_t>(bytes));
    body = body.subspan(levels.size());
    if (max == 0 ? bytes != 0 : header.num_values > 0 && !fills(levels, max, header.num_values)) {
      return refuse(violations::corrupt, leaf_.path, "levels that do not fill their part of the page",
                    "a level for each entry, and nothing else");
    }
    if (max == 0) return {};
    return guarded(leaf_.path, [&] { decoder.SetDataV2(bytes, max, header.num_values, unsigned_bytes(levels)); });
  };
  LG_TRY(take(decoders_->repetition, repetition_max_, header.repetition_levels_byte_length));
  const std::span<const char> definition = body;
  LG_TRY(take(decoders_->definition, definition_max_, header.definition_levels_byte_length));
  page_is_full_ =
      definition_max_ == 0 ||
      (repetition_max_ == 0 && is_one_run(definition.first(static_cast<size_t>(header.definition_levels_byte_length)),
                                          definition_max_, header.num_values));
  return body;
}

Check LevelReader::read(int32_t entries) {
  value_count_ = entries;
  row_count_ = entries;
  least_definition_ = definition_max_;
  definition_count_ = 0;
  if (page_is_full_) return {};
  const auto decode = [&](parquet::LevelDecoder& decoder, std::vector<int16_t>& into, size_t& count) -> Check {
    int decoded = 0;
    LG_TRY(guarded(leaf_.path, [&] { decoded = decoder.Decode(entries, into.data()); }));
    count = static_cast<size_t>(entries);
    if (decoded == entries) return {};
    return refuse(violations::counts_mismatch, leaf_.path, "a page with fewer levels than entries",
                  "a level for each entry of its header's count");
  };
  LG_TRY(decode(decoders_->definition, definition_, definition_count_));
  const LevelCount values = count_levels(definition_levels(), definition_max_);
  value_count_ = values.equal;
  least_definition_ = std::min(definition_max_, values.least);
  if (repetition_max_ == 0) return {};
  LG_TRY(decode(decoders_->repetition, repetition_, repetition_count_));
  row_count_ = count_levels(repetition_levels(), 0).equal;
  return check_lists(entries);
}

Check LevelReader::check_lists(int32_t entries) {
  const std::vector<int16_t>& entry_levels = leaf_.entry_levels;
  for (int32_t i = 0; i < entries; ++i) {
    const auto at = static_cast<size_t>(i);
    const int16_t repetition = repetition_[at];
    const int16_t definition = definition_[at];  // lists have definition levels
    if (repetition > 0) {
      const int16_t element = entry_levels[static_cast<size_t>(repetition - 1)];
      if (definition < element || previous_definition_ < element) {
        return refuse(violations::corrupt, leaf_.path, "a list element outside of a list", "levels that make lists");
      }
    }
    previous_definition_ = definition;
  }
  return {};
}

}  // namespace lakegate::columnar
