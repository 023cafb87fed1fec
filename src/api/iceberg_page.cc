#include "api/iceberg_page.h"

#include <algorithm>
#include <charconv>

#include "model/error_codes.h"

namespace lakegate::api {
namespace {

Result<int64_t> parse_size(std::string_view text) {
  int64_t size = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, size);
  if (error == std::errc() && stop == end && size > 0) return std::min(size, iceberg_page_size_max);
  return fail(codes::list_parameter_invalid, "Parameter pageSize is \"{}\"; expected a whole number from 1 on.", text);
}

}  // namespace

Result<IcebergPage> parse_iceberg_page(const http::Request& request) {
  IcebergPage page{.size = iceberg_page_size_max};
  if (const auto size = request.query_value("pageSize")) {
    LG_ASSIGN(page.size, parse_size(*size));
  }
  if (const auto token = request.query_value("pageToken")) {
    page.whole = false;
    page.after = *token;
  }
  return page;
}

}  // namespace lakegate::api
