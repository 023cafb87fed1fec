#include "api/import_request.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/ascii.h"
#include "base/utf8.h"
#include "http/field_list.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

constexpr size_t quoted_code_points_max = 60;

std::string_view word_of(const http::Request& request) {
  for (const std::string_view name : {"action", "actions"}) {
    const std::string_view word = ascii::trim(request.query_value(name).value_or(""));
    if (!word.empty()) return word;
  }
  return {};
}

bool names_json(std::string_view media_range) {
  return ascii::equals_ignoring_case(http::cut(media_range, ';'), "application/json") &&
         !http::has_zero_weight(media_range);
}

}  // namespace

Result<size_t> read_action(const http::Request& request, std::span<const std::string_view> possible) {
  const std::string_view word = word_of(request);
  const auto found =
      std::ranges::find_if(possible, [&](std::string_view each) { return ascii::equals_ignoring_case(each, word); });
  if (found != possible.end()) return static_cast<size_t>(found - possible.begin());
  std::string names;
  for (const std::string_view each : possible) names += (names.empty() ? "" : ", ") + std::string(each);
  if (word.empty())
    return fail(codes::unknown_action, "The query names no action; expected ?action= one of {}.", names);
  return fail(codes::unknown_action, "Action \"{}\" is unknown here; expected one of {}.",
              printable(word, quoted_code_points_max), names);
}

bool wants_json(const http::Request& request) {
  for (const http::Header& header : request.headers) {
    if (!ascii::equals_ignoring_case(header.name, "Accept")) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      if (names_json(http::cut(rest, ','))) return true;
    }
  }
  return false;
}

}  // namespace lakegate::api
