// Pages of the Iceberg REST catalog: `pageToken`, `pageSize`, `next-page-token`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/request.h"

namespace lakegate::api {

// A client that sends no pageToken knows no pages and gets the whole list.
struct IcebergPage {
  bool whole = true;
  std::string after = {};  // the name that the last page ended with; what the token is
  int64_t size = 0;
};

inline constexpr int64_t iceberg_page_size_max = 1'000;

// `list_parameter_invalid`.
Result<IcebergPage> parse_iceberg_page(const http::Request& request);

}  // namespace lakegate::api
