#include "columnar/level_reader.h"

#include <fmt/core.h>
#include <parquet/column_reader.h>

#include <algorithm>

#include "base/result.h"
#include "columnar/arrow_guard.h"

namespace lakegate::columnar {
namespace {

const uint8_t* unsigned_bytes(std::span<const char> bytes) { return reinterpret_cast<const uint8_t*>(bytes.data()); }

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
  LG_TRY(take(decoders_->definition, definition_max_, page.definition_level_encoding));
  return body;
}

// PageSource has checked that the levels' lengths fit.
Checked<std::span<const char>> LevelReader::begin_v2(const DataPageHeaderV2& header, std::span<const char> body) {
  const auto take = [&](parquet::LevelDecoder& decoder, int16_t max, int32_t bytes) -> Check {
    const std::span<const char> levels = body.first(static_cast<size_t>(bytes));
    body = body.subspan(levels.size());
    if (max == 0) return {};
    return guarded(leaf_.path, [&] { decoder.SetDataV2(bytes, max, header.num_values, unsigned_bytes(levels)); });
  };
  LG_TRY(take(decoders_->repetition, repetition_max_, header.repetition_levels_byte_length));
  LG_TRY(take(decoders_->definition, definition_max_, header.definition_levels_byte_length));
  return body;
}

Check LevelReader::read(int32_t entries) {
  value_count_ = entries;
  row_count_ = entries;
  const auto decode = [&](parquet::LevelDecoder& decoder, std::vector<int16_t>& into, size_t& count) -> Check {
    if (into.empty()) return {};
    int decoded = 0;
    LG_TRY(guarded(leaf_.path, [&] { decoded = decoder.Decode(entries, into.data()); }));
    count = static_cast<size_t>(entries);
    if (decoded == entries) return {};
    return refuse(violations::counts_mismatch, leaf_.path, "a page with fewer levels than entries",
                  "a level for each entry of its header's count");
  };
  LG_TRY(decode(decoders_->repetition, repetition_, repetition_count_));
  LG_TRY(decode(decoders_->definition, definition_, definition_count_));
  if (definition_count_ != 0) {
    value_count_ = static_cast<int32_t>(std::ranges::count(definition_levels(), definition_max_));
  }
  if (repetition_count_ == 0) return {};
  row_count_ = static_cast<int32_t>(std::ranges::count(repetition_levels(), int16_t{0}));
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
