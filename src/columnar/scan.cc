#include "columnar/scan.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>

// ThreadSanitizer and the resolvers of such functions do not get on, nor is it there for other processors.
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define LAKEGATE_FOR_PROCESSORS [[gnu::target_clones("avx2", "default")]]
#else
#define LAKEGATE_FOR_PROCESSORS
#endif

namespace lakegate::columnar {
namespace {

// As many independent results as make vectors, for what compilers may not reorder themselves.
constexpr size_t lanes = 16;

template <class T>
[[gnu::always_inline]] inline Extent<T> integer_extent(const T* values, size_t count) {
  T smallest = values[0];
  T largest = values[0];
  for (size_t i = 0; i < count; ++i) {
    smallest = std::min(smallest, values[i]);
    largest = std::max(largest, values[i]);
  }
  return {smallest, largest, 0};
}

template <class T>
[[gnu::always_inline]] inline Extent<T> number_extent(const T* values, size_t count) {
  T smallest[lanes];
  T largest[lanes];
  std::fill_n(smallest, lanes, std::numeric_limits<T>::infinity());
  std::fill_n(largest, lanes, -std::numeric_limits<T>::infinity());
  int64_t nans = 0;
  size_t at = 0;
  for (; at + lanes <= count; at += lanes) {
    for (size_t lane = 0; lane < lanes; ++lane) {
      const T value = values[at + lane];
      smallest[lane] = value < smallest[lane] ? value : smallest[lane];
      largest[lane] = value > largest[lane] ? value : largest[lane];
      nans += value != value ? 1 : 0;
    }
  }
  for (; at < count; ++at) {
    const T value = values[at];
    smallest[0] = value < smallest[0] ? value : smallest[0];
    largest[0] = value > largest[0] ? value : largest[0];
    nans += value != value ? 1 : 0;
  }
  return {*std::min_element(smallest, smallest + lanes), *std::max_element(largest, largest + lanes), nans};
}

// The bytes at `at`, the first one weighing most.
uint64_t word_at(std::string_view text, size_t at) {
  uint64_t word = 0;
  std::memcpy(&word, text.data() + at, sizeof(word));
  return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
}

// As `one < other`, by words: most texts are short, and a call of memcmp takes longer than they do.
bool is_less(std::string_view one, std::string_view other) {
  constexpr size_t word_bytes = sizeof(uint64_t);
  const size_t common = std::min(one.size(), other.size());
  if (common < word_bytes) return one < other;
  for (size_t at = 0; at + word_bytes <= common; at += word_bytes) {
    const uint64_t word = word_at(one, at);
    const uint64_t than = word_at(other, at);
    if (word != than) return word < than;
  }
  const uint64_t word = word_at(one, common - word_bytes);
  const uint64_t than = word_at(other, common - word_bytes);
  return word != than ? word < than : one.size() < other.size();
}

}  // namespace

LAKEGATE_FOR_PROCESSORS uint32_t largest_index(std::span<const int32_t> indices) {
  uint32_t largest = 0;
  const int32_t* const all = indices.data();
  for (size_t i = 0; i < indices.size(); ++i) largest = std::max(largest, static_cast<uint32_t>(all[i]));
  return largest;
}

LAKEGATE_FOR_PROCESSORS LevelCount count_levels(std::span<const int16_t> levels, int16_t level) {
  assert(levels.size() <= 32767);
  const int16_t* const all = levels.data();
  int16_t equal = 0;  // as wide as the levels, so that vectors of both have as many lanes
  int16_t least = 32767;
  for (size_t i = 0; i < levels.size(); ++i) {
    equal = static_cast<int16_t>(equal + (all[i] == level ? 1 : 0));
    least = std::min(least, all[i]);
  }
  return {equal, least};
}

LAKEGATE_FOR_PROCESSORS Extent<uint8_t> extent(std::span<const uint8_t> values) {
  return integer_extent(values.data(), values.size());
}
LAKEGATE_FOR_PROCESSORS Extent<int32_t> extent(std::span<const int32_t> values) {
  return integer_extent(values.data(), values.size());
}
LAKEGATE_FOR_PROCESSORS Extent<int64_t> extent(std::span<const int64_t> values) {
  return integer_extent(values.data(), values.size());
}
LAKEGATE_FOR_PROCESSORS Extent<float> extent(std::span<const float> values) {
  return number_extent(values.data(), values.size());
}
LAKEGATE_FOR_PROCESSORS Extent<double> extent(std::span<const double> values) {
  return number_extent(values.data(), values.size());
}

Extent<std::string_view> extent(std::span<const std::string_view> values) {
  Extent<std::string_view> found{values[0], values[0], 0};
  for (const std::string_view value : values) {
    if (is_less(value, found.smallest))
      found.smallest = value;
    else if (is_less(found.largest, value))
      found.largest = value;
  }
  return found;
}

LAKEGATE_FOR_PROCESSORS void project_levels(std::span<const int16_t> definition, std::span<const int16_t> repetition,
                                            int16_t level_max, uint16_t* into) {
  const int16_t* const defined = definition.data();
  const int16_t* const repeated = repetition.data();
  const size_t count = definition.size();
  if (repetition.empty()) {
    for (size_t i = 0; i < count; ++i) into[i] = static_cast<uint16_t>(std::min(defined[i], level_max) * 128);
  } else {
    for (size_t i = 0; i < count; ++i)
      into[i] = static_cast<uint16_t>(std::min(defined[i], level_max) * 128 + repeated[i]);
  }
}

}  // namespace lakegate::columnar
