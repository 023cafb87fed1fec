#include "ledger/manifest_positions.h"

#include <algorithm>

namespace lakegate::ledger {
namespace {

// Appending a thousand manifests a second would use 63 bits up in 68 years.
constexpr int64_t gap = int64_t{1} << 22;

// Places `count` numbers evenly between two that stay. False: there is no room.
bool fill(std::vector<int64_t>& positions, size_t count, int64_t before, int64_t after) {
  const int64_t step = (after - before) / (static_cast<int64_t>(count) + 1);
  for (size_t i = 1; i <= count; ++i) positions.push_back(before + step * static_cast<int64_t>(i));
  return step > 0;
}

std::vector<int64_t> number_anew(size_t count) {
  std::vector<int64_t> positions;
  for (size_t i = 1; i <= count; ++i) positions.push_back(gap * static_cast<int64_t>(i));
  return positions;
}

}  // namespace

std::vector<int64_t> place_manifests(std::span<const std::optional<int64_t>> stored) {
  std::vector<int64_t> positions;
  for (size_t at = 0; at < stored.size();) {
    const auto kept = std::find_if(stored.begin() + static_cast<ptrdiff_t>(at), stored.end(),
                                   [](const auto& position) { return position.has_value(); });
    const auto count = static_cast<size_t>(kept - stored.begin()) - at;
    const auto width = gap * (static_cast<int64_t>(count) + 1);
    // An open end has all the room it wants.
    const bool open_front = positions.empty();
    int64_t before = open_front ? 0 : positions.back();
    if (open_front && kept != stored.end()) before = **kept - width;
    const int64_t after = kept != stored.end() ? **kept : before + width;
    if (!fill(positions, count, before, after)) return number_anew(stored.size());
    at += count;
    if (kept == stored.end()) break;
    positions.push_back(after);
    ++at;
  }
  return positions;
}

}  // namespace lakegate::ledger
