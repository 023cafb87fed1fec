#include "api/error_pages.h"

#include <fmt/core.h>

#include <string>

#include "api/problem.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

constexpr std::string_view plain = "text/plain; charset=utf-8";

std::string_view page() { return error_page_texts().front(); }

http::Response describe(const http::Request& request) {
  const std::string& code = request.path_parameter("code");
  const std::string_view section = error_section(page(), code);
  if (section.empty()) {
    return problem(Error{&codes::route_not_found, fmt::format("There is no code \"{}\"; /errors lists all.", code)},
                   request);
  }
  return http::Response::text(200, std::string(plain), std::string(section));
}

}  // namespace

std::string_view error_section(std::string_view page, std::string_view code) {
  const std::string heading = fmt::format("\n### {}\n", code);
  const size_t found = page.find(heading);
  if (code.empty() || code.find('\n') != std::string_view::npos || found == std::string_view::npos) return {};
  const size_t begin = found + 1;
  const size_t end = page.find("\n#", begin);
  return page.substr(begin, end == std::string_view::npos ? end : end + 1 - begin);
}

void add_error_pages(http::Router& router) {
  router.add("GET", "/errors",
             [](const http::Request&) { return http::Response::text(200, std::string(plain), std::string(page())); });
  router.add("GET", "/errors/{code}", describe);
}

}  // namespace lakegate::api
