// The description of each code, docs/errors.md, where a problem's `type` leads: /errors/LG-1101-409.
#pragma once

#include <span>
#include <string_view>

#include "http/router.h"

namespace lakegate::api {

// docs/errors.md as the one text; embedded by the build.
std::span<const std::string_view> error_page_texts();

// From the code's heading up to the next heading; empty when the page has none for it.
std::string_view error_section(std::string_view page, std::string_view code);

// GET /errors and /errors/{code}: text, for everybody. An unknown code is `route_not_found`.
void add_error_pages(http::Router& router);

}  // namespace lakegate::api
