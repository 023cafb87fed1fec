#include "columnar/plain_writer.h"

#include <cstring>
#include <type_traits>

namespace lakegate::columnar {
namespace {

using Texts = std::span<const std::string_view>;
using Booleans = std::span<const uint8_t>;

size_t plain_bytes(const Values& values) {
  return std::visit(
      []<class T>(std::span<const T> some) {
        if constexpr (std::is_same_v<T, uint8_t>) return (some.size() + 7) / 8;
        if constexpr (!std::is_same_v<T, std::string_view>) return some.size_bytes();
        size_t bytes = some.size() * sizeof(uint32_t);
        if constexpr (std::is_same_v<T, std::string_view>)
          for (const std::string_view text : some) bytes += text.size();
        return bytes;
      },
      values);
}

void append_texts(Texts texts, std::string& page) {
  for (const std::string_view text : texts) {
    const auto length = static_cast<uint32_t>(text.size());
    char prefix[sizeof(length)];
    std::memcpy(prefix, &length, sizeof(length));
    page.append(prefix, sizeof(prefix)).append(text);
  }
}

}  // namespace

void PlainWriter::begin(std::string_view levels) {
  page_.assign(levels);
  bits_ = 0;
}

bool PlainWriter::append(const Values& values, size_t bytes_max) {
  if (page_.size() > bytes_max || plain_bytes(values) > bytes_max - page_.size()) return false;
  std::visit(
      [this]<class T>(std::span<const T> some) {
        if constexpr (std::is_same_v<T, uint8_t>)
          append_bits(some);
        else if constexpr (std::is_same_v<T, std::string_view>)
          append_texts(some, page_);
        else
          page_.append(reinterpret_cast<const char*>(some.data()), some.size_bytes());
      },
      values);
  return true;
}

// Eight to a byte, the first in the lowest bit, with no gap between batches.
void PlainWriter::append_bits(Booleans values) {
  for (const uint8_t value : values) {
    if (bits_ % 8 == 0) page_.push_back('\0');
    page_.back() = static_cast<char>(static_cast<uint8_t>(page_.back()) | (value & 1U) << (bits_ % 8));
    ++bits_;
  }
}

}  // namespace lakegate::columnar
