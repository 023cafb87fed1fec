#include "columnar/chunk_reader.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/result.h"

namespace lakegate::columnar {

ChunkReader::ChunkReader(int fd, const ColumnMetaData& chunk, const FileNode& leaf, MemoryBudget& budget)
    : chunk_(chunk),
      leaf_(leaf),
      pages_(fd, chunk, leaf.path, budget),
      levels_(leaf),
      values_(ValueDecoder::make(leaf.physical, leaf.path, budget)) {}

std::unexpected<Violation> ChunkReader::miscounted(std::string found, std::string expected) const {
  return refuse(violations::counts_mismatch, leaf_.path, std::move(found), std::move(expected));
}

Checked<bool> ChunkReader::next(Batch& batch) {
  while (page_entries_left_ == 0) {
    LG_ASSIGN(const bool found, next_data_page());
    if (!found) return false;
  }
  batch.entries = std::min(page_entries_left_, batch_entries_max);
  LG_TRY(levels_.read(batch.entries));
  batch.definition_levels = levels_.definition_levels();
  batch.repetition_levels = levels_.repetition_levels();
  batch.least_definition_level = levels_.least_definition_level();
  batch.values = levels_.value_count();
  batch.rows = levels_.row_count();
  if (page_is_fresh_) {
    seen_.data_pages.back().begins_row = levels_.begins_row();
    page_is_fresh_ = false;
    const bool must_begin_row = entry_count_ == 0 || page_v2_ != nullptr;
    if (must_begin_row && !levels_.begins_row()) return miscounted("a page that begins within a row", "whole rows");
  }
  batch.is_indices = values_->is_indices();
  if (batch.is_indices) {
    LG_ASSIGN(batch.indices, values_->indices(batch.values));
  } else {
    LG_ASSIGN(batch.plain, values_->values(batch.values));
  }
  entry_count_ += batch.entries;
  row_count_ += batch.rows;
  page_rows_ += batch.rows;
  page_nulls_ += batch.entries - batch.values;
  page_entries_left_ -= batch.entries;
  if (page_entries_left_ == 0) LG_TRY(end_data_page());
  return true;
}

Checked<bool> ChunkReader::next_data_page() {
  while (true) {
    LG_ASSIGN(const StoredPage* page, pages_.next());
    if (page == nullptr) {
      if (entry_count_ == chunk_.num_values) return false;
      return miscounted(fmt::format("{} entries", entry_count_),
                        fmt::format("{}, as the footer says", chunk_.num_values));
    }
    seen_.uncompressed_bytes += page->header_bytes + page->header.uncompressed_page_size;
    switch (static_cast<PageType>(page->header.type)) {
      case PageType::dictionary: {
        LG_TRY(begin_dictionary(*page));
        break;
      }
      case PageType::data:
      case PageType::data_v2: {
        LG_TRY(begin_data_page(*page));
        return true;
      }
      case PageType::index: break;
      default:
        return refuse(violations::corrupt, leaf_.path, fmt::format("a page of type {}", page->header.type),
                      "data and dictionary pages");
    }
  }
}

Check ChunkReader::begin_dictionary(const StoredPage& page) {
  const auto& header = page.header.dictionary;
  if (seen_.dictionary_offset || !seen_.data_pages.empty() || !header) {
    return refuse(violations::corrupt, leaf_.path, "a dictionary page in the wrong place",
                  "one, before all data pages");
  }
  if (header->encoding != static_cast<int32_t>(Encoding::plain) &&
      header->encoding != static_cast<int32_t>(Encoding::plain_dictionary)) {
    return refuse(violations::corrupt, leaf_.path, fmt::format("a dictionary of encoding {}", header->encoding),
                  "PLAIN");
  }
  seen_.dictionary_offset = page.offset;
  LG_ASSIGN(const std::span<const char> body, pages_.decompress());
  return values_->set_dictionary(body, header->num_values);
}

Check ChunkReader::begin_data_page(const StoredPage& page) {
  const bool is_v2 = page.header.type == static_cast<int32_t>(PageType::data_v2);
  if (is_v2 ? !page.header.data_v2 || page.header.data : !page.header.data || page.header.data_v2) {
    return refuse(violations::corrupt, leaf_.path, "a page header of another type than its page", "the same type");
  }
  page_v2_ = is_v2 ? &*page.header.data_v2 : nullptr;
  const int32_t entries = is_v2 ? page_v2_->num_values : page.header.data->num_values;
  const int32_t encoding = is_v2 ? page_v2_->encoding : page.header.data->encoding;
  if (entries < 0 || entries > chunk_.num_values - entry_count_) {
    return miscounted(fmt::format("a page of {} entries behind {} others", entries, entry_count_),
                      fmt::format("{} together, as the footer says", chunk_.num_values));
  }
  LG_ASSIGN(const std::span<const char> body, pages_.decompress());
  LG_ASSIGN(const std::span<const char> rest, levels_.begin(page.header, body));
  const auto kind = static_cast<Encoding>(encoding);
  if ((kind == Encoding::plain_dictionary || kind == Encoding::rle_dictionary) && !seen_.dictionary_offset) {
    return refuse(violations::corrupt, leaf_.path, "dictionary indices without a dictionary", "a dictionary page");
  }
  LG_TRY(values_->begin(kind, rest, entries));
  if (seen_.data_pages.size() == chunk_pages_max) {
    return refuse(violations::over_limit, leaf_.path,
                  fmt::format("more than {} pages in a column chunk", chunk_pages_max), "fewer pages",
                  "Write larger pages.");
  }
  seen_.data_encodings.insert(kind);
  seen_.data_pages.push_back({page.offset, page.size_bytes(), row_count_, true});
  page_entries_left_ = entries;
  page_rows_ = 0;
  page_nulls_ = 0;
  page_is_fresh_ = true;
  return entries == 0 ? end_data_page() : Check{};
}

Check ChunkReader::end_data_page() {
  LG_TRY(values_->end());
  if (page_v2_ == nullptr) return {};
  if (page_v2_->num_rows != page_rows_) {
    return miscounted(fmt::format("a page of {} rows", page_rows_),
                      fmt::format("{}, as its header says", page_v2_->num_rows));
  }
  if (page_v2_->num_nulls != page_nulls_) {
    return miscounted(fmt::format("a page of {} nulls", page_nulls_),
                      fmt::format("{}, as its header says", page_v2_->num_nulls));
  }
  return {};
}

}  // namespace lakegate::columnar
