// Pages of Data Access, contract/data-access.md "Shapes": `start`, `limit`, `_page`, `_links`.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include "access/sent_files.h"
#include "base/result.h"
#include "http/request.h"

namespace lakegate::api {

inline constexpr int64_t export_page_max = 100;

struct ExportPage {
  int64_t start = 0;  // entries skipped
  int64_t limit = export_page_max;
};

// `list_parameter_invalid`.
Result<ExportPage> parse_export_page(const http::Request& request);

// `{"data","_page"}`, and `_links` where more entries follow. `data` are the page's; `total` counts those of all pages.
boost::json::object render_export_page(boost::json::array data, const ExportPage& page, int64_t total,
                                       const http::Request& request);

// Entries of a DatasetFiles page and of a Files page. `address` is the name's own without "?path=".
boost::json::object render_data_set_file(const BatchFile& file, const access::SentFilesPage& of,
                                         const http::Request& request);
boost::json::object render_name(std::string_view name, int64_t length_bytes, const std::string& address);

// "https://HOST/data/foundation/export/files/ID".
std::string file_address(std::string_view id, const http::Request& request);

}  // namespace lakegate::api
