#include "upload/content_range.h"

#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "model/error_codes.h"

namespace lakegate::upload {
namespace {

// Digits only: no sign, no blank, no overflow.
std::optional<int64_t> take_number(std::string_view& text) {
  text = ascii::trim(text);
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, char expected) {
  text = ascii::trim(text);
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

std::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(codes::content_range_invalid, "Content-Range \"{}\": {} Expected e.g. \"bytes 0-82/164\".", text, why);
}

}  // namespace

Result<ContentRange> parse_content_range(std::string_view text) {
  std::string_view rest = ascii::trim(text);
  if (rest.empty()) return refuse(text, "a part needs this header.");
  if (ascii::starts_with_ignoring_case(rest, "bytes")) rest.remove_prefix(5);
  const auto first = take_number(rest);
  if (!first) return refuse(text, "the first byte's position is missing, not a number or too large.");
  if (!take(rest, '-')) return refuse(text, "no '-' after the first position.");
  const auto last = take_number(rest);
  if (!last) return refuse(text, "the last byte's position is missing, not a number or too large.");
  if (!take(rest, '/')) return refuse(text, "no '/' and total size after the last position.");
  if (ascii::trim(rest) == "*") return refuse(text, "the total size must be known, '*' cannot be used.");
  const auto total = take_number(rest);
  if (!total) return refuse(text, "the total size is missing, not a number or too large.");
  if (!ascii::trim(rest).empty()) return refuse(text, "there is text after the total size; one range a request.");
  if (*last < *first) return refuse(text, "the last position lies before the first.");
  if (*last >= *total) return refuse(text, "the range goes beyond the total size (positions count from 0).");
  return ContentRange{{*first, *last + 1}, *total};
}

std::string to_string(const ByteRange& range) { return fmt::format("{}-{}", range.begin, range.end - 1); }

}  // namespace lakegate::upload
