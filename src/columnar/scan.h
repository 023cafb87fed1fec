// The loops over arrays that take most of the time of judging, written so that compilers make vector instructions of
// them, and compiled for processors with and without AVX2.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lakegate::columnar {

// The largest, each taken as unsigned; 0 of none.
uint32_t largest_index(std::span<const int32_t> indices);

struct LevelCount {
  int32_t equal = 0;      // how many are `level`
  int16_t least = 32767;  // the smallest
};
// Of at most 32,767 levels.
LevelCount count_levels(std::span<const int16_t> levels, int16_t level);

// The smallest and largest of values of which there is at least one.
template <class T>
struct Extent {
  T smallest;
  T largest;
  int64_t nan_count = 0;  // which count for neither; of nothing else, `smallest` is above `largest`
};
Extent<uint8_t> extent(std::span<const uint8_t> values);
Extent<int32_t> extent(std::span<const int32_t> values);
Extent<int64_t> extent(std::span<const int64_t> values);
Extent<float> extent(std::span<const float> values);
Extent<double> extent(std::span<const double> values);
Extent<std::string_view> extent(std::span<const std::string_view> values);  // by their bytes

// min(definition, level_max) * 128 + repetition of each entry, which fits for levels below 256 and 128. No
// `repetition` levels: all 0. `into` has room for as many as there are `definition` levels.
void project_levels(std::span<const int16_t> definition, std::span<const int16_t> repetition, int16_t level_max,
                    uint16_t* into);

}  // namespace lakegate::columnar
