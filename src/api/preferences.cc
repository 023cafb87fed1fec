#include "api/preferences.h"

#include <charconv>
#include <string_view>

#include "base/ascii.h"
#include "http/field_list.h"

namespace lakegate::api {
namespace {

// A number of more digits than fit is a long time, too.
std::optional<std::chrono::seconds> read_seconds(std::string_view word) {
  constexpr int32_t longest = 1'000'000'000;
  if (word.size() >= 2 && word.front() == '"' && word.back() == '"') word = word.substr(1, word.size() - 2);
  int32_t number = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
  if (read.ptr != word.data() + word.size() || word.empty() || !ascii::is_digit(word.front())) return std::nullopt;
  if (read.ec == std::errc::result_out_of_range) return std::chrono::seconds(longest);
  if (read.ec != std::errc{} || number == 0) return std::nullopt;
  return std::chrono::seconds(number);
}

}  // namespace

std::optional<std::chrono::seconds> preferred_wait(const http::Request& request) {
  for (const http::Header& header : request.headers) {
    if (!ascii::equals_ignoring_case(header.name, "Prefer")) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      std::string_view preference = http::cut(rest, ',');
      std::string_view value = http::cut(preference, ';');
      if (ascii::equals_ignoring_case(http::cut(value, '='), "wait")) return read_seconds(ascii::trim(value));
    }
  }
  return std::nullopt;
}

}  // namespace lakegate::api
