#include "api/docs_page.h"

#include <utility>

#include "api/unchanging_answer.h"

namespace lakegate::api {
namespace {

// Small pictures stand in the style sheet as data: URLs.
constexpr const char* content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

void add(http::Router& router, const char* path, UnchangingAnswer answer) {
  router.add("GET", path, [answer = std::move(answer)](const http::Request& request) {
    http::Response response = answer.to(request);
    response.headers.set("Content-Security-Policy", content_security_policy);
    response.headers.set("X-Content-Type-Options", "nosniff");
    return response;
  });
}

}  // namespace

void add_docs_page(http::Router& router) {
  using enum UnchangingAnswer::Stored;
  constexpr const char* script = "text/javascript; charset=utf-8";
  const auto texts = docs_page_texts();
  const auto files = swagger_ui_files();
  add(router, "/docs", {"text/html; charset=utf-8", texts[0]});
  add(router, "/docs/page.js", {script, texts[1]});
  add(router, "/docs/swagger-ui-bundle.js", {script, files[0], gzip});
  add(router, "/docs/swagger-ui.css", {"text/css; charset=utf-8", files[1], gzip});
}

}  // namespace lakegate::api
