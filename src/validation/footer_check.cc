#include "validation/footer_check.h"

#include <fmt/core.h>

#include <cstring>

#include "columnar/checked.h"

namespace lakegate::validation {
namespace {

using columnar::PhysicalType;

template <class T>
std::optional<T> decode(const std::optional<std::string_view>& bytes) {
  if (!bytes || bytes->size() != sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes->data(), sizeof(T));
  return value;
}

// The first bound that the data exceeds, as text; nothing when they hold. NaN holds nothing.
template <class T, class Value>
std::optional<std::string> exceeded(const std::optional<T>& smallest, const std::optional<T>& largest, const Value& min,
                                    const Value& max) {
  if (smallest && static_cast<Value>(*smallest) > min) return fmt::format("{} below the minimum {}", min, *smallest);
  if (largest && static_cast<Value>(*largest) < max) return fmt::format("{} above the maximum {}", max, *largest);
  return std::nullopt;
}

std::optional<std::string> exceeded(PhysicalType type, const columnar::Statistics& claimed, const Extremes& actual) {
  // Deprecated bounds count where they are all there is and readers believe them: for numbers.
  const auto& smallest = claimed.min_value ? claimed.min_value : claimed.min;
  const auto& largest = claimed.max_value ? claimed.max_value : claimed.max;
  switch (type) {
    case PhysicalType::boolean:
      return exceeded(decode<uint8_t>(smallest), decode<uint8_t>(largest), actual.integer_min, actual.integer_max);
    case PhysicalType::int32:
      return exceeded(decode<int32_t>(smallest), decode<int32_t>(largest), actual.integer_min, actual.integer_max);
    case PhysicalType::int64:
      return exceeded(decode<int64_t>(smallest), decode<int64_t>(largest), actual.integer_min, actual.integer_max);
    case PhysicalType::float32:
      return exceeded(decode<float>(smallest), decode<float>(largest), actual.number_min, actual.number_max);
    case PhysicalType::float64:
      return exceeded(decode<double>(smallest), decode<double>(largest), actual.number_min, actual.number_max);
    case PhysicalType::byte_array: {
      const std::string_view min = actual.text_min;
      const std::string_view max = actual.text_max;
      return exceeded(claimed.min_value, claimed.max_value, min, max);
    }
    case PhysicalType::int96:
    case PhysicalType::fixed_byte_array: break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violation> check_statistics(const columnar::FileNode& leaf, const columnar::ColumnMetaData& chunk,
                                          const ColumnFacts& facts) {
  if (!chunk.statistics) return std::nullopt;
  const columnar::Statistics& claimed = *chunk.statistics;
  // Writers disagree about what a null is below a list.
  if (leaf.repetition_level == 0 && claimed.null_count && *claimed.null_count != facts.null_count) {
    return columnar::violation(violations::statistics_mismatch, leaf.path, fmt::format("{} nulls", facts.null_count),
                               fmt::format("{}, as the footer says", *claimed.null_count));
  }
  if (!facts.extremes.any) return std::nullopt;
  if (auto what = exceeded(leaf.physical, claimed, facts.extremes)) {
    return columnar::violation(violations::statistics_mismatch, leaf.path, *std::move(what),
                               "values within the footer's bounds");
  }
  return std::nullopt;
}

}  // namespace lakegate::validation
