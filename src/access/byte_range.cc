#include "access/byte_range.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "base/ascii.h"

namespace lakegate::access {
namespace {

using Kind = WantedBytes::Kind;

// Digits only; a number too large for any file stays one.
std::optional<int64_t> parse_number(std::string_view text) {
  constexpr int64_t largest = std::numeric_limits<int64_t>::max();
  if (text.empty()) return std::nullopt;
  int64_t number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number > (largest - 9) / 10 ? largest : number * 10 + (digit - '0');
  }
  return number;
}

// "0-99", "100-", "-500".
WantedBytes one_range(std::string_view text, int64_t size_bytes) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return {};
  const std::string_view after = text.substr(dash + 1);
  const auto last = parse_number(after);
  if (!after.empty() && !last) return {};
  if (dash == 0) {
    if (!last) return {};
    if (*last == 0) return {.kind = Kind::unsatisfiable};
    if (size_bytes == 0) return {};  // all of it, which no Content-Range can say
    return {.kind = Kind::part, .range = {size_bytes - std::min(*last, size_bytes), size_bytes}};
  }
  const auto first = parse_number(text.substr(0, dash));
  if (!first || (last && *last < *first)) return {};
  if (*first >= size_bytes) return {.kind = Kind::unsatisfiable};
  const int64_t end = last && *last < size_bytes ? *last + 1 : size_bytes;
  return {.kind = Kind::part, .range = {*first, end}};
}

// The elements of a list; empty ones do not count (RFC 9110 section 5.6.1).
std::vector<std::string_view> elements(std::string_view list) {
  std::vector<std::string_view> found;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    const std::string_view element = ascii::trim(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (!element.empty()) found.push_back(element);
  }
  return found;
}

}  // namespace

WantedBytes wanted_bytes(std::optional<std::string_view> field, int64_t size_bytes) {
  constexpr std::string_view unit = "bytes=";
  if (!field) return {};
  const std::string_view text = ascii::trim(*field);
  if (!ascii::starts_with_ignoring_case(text, unit)) return {};
  const std::vector<std::string_view> ranges = elements(text.substr(unit.size()));
  if (ranges.empty()) return {};
  if (ranges.size() > 1) return {.kind = Kind::several};
  return one_range(ranges.front(), size_bytes);
}

}  // namespace lakegate::access
