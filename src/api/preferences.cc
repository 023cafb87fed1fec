#include "api/preferences.h"

#include <charconv>
#include <string_view>

#include "base/ascii.h"

namespace lakegate::api {
namespace {

std::string_view cut(std::string_view& rest, char mark) {
  const size_t at = rest.find(mark);
  const std::string_view before = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return ascii::trim(before);
}

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
      std::string_view preference = cut(rest, ',');
      std::string_view value = cut(preference, ';');
      if (ascii::equals_ignoring_case(cut(value, '='), "wait")) return read_seconds(ascii::trim(value));
    }
  }
  return std::nullopt;
}

}  // namespace lakegate::api
