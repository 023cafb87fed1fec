// /docs: the API as a page to browse and to try. Everything that it needs comes from this server.
#pragma once

#include <span>
#include <string_view>

#include "http/router.h"

namespace lakegate::api {

// src/api/docs_page/: the page, then its script; embedded by the build.
std::span<const std::string_view> docs_page_texts();

// Swagger UI's script, then its style sheet, both gzip; embedded by the build.
std::span<const std::string_view> swagger_ui_files();

// GET /docs and the files below it, for everybody. The page may load from this server only (Content-Security-Policy).
void add_docs_page(http::Router& router);

}  // namespace lakegate::api
