#include "metrics/request_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakegate::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

class RequestCountsTest : public testing::Test {
 protected:
  static http::Router two_routes() {
    http::Router router;
    const http::Handler nothing = [](const http::Request&) { return http::Response::empty(200); };
    router.add("GET", "/a/{id}", nothing);
    router.add("PUT", "/a/{id}", nothing);
    return router;
  }

  void finish(const char* method, const char* route, int status) {
    counts_.request_finished({.method = method,
                              .route = route,
                              .status = status,
                              .body_bytes_in = 10,
                              .body_bytes_out = 100,
                              .duration = std::chrono::milliseconds(4)});
  }

  std::string text() const {
    Exposition out;
    counts_.expose(out);
    return out.text();
  }

  const http::Router router_ = two_routes();
  RequestCounts counts_{router_};
};

TEST_F(RequestCountsTest, CountsByRouteMethodAndClass) {
  finish("GET", "/a/{id}", 200);
  finish("GET", "/a/{id}", 204);
  finish("GET", "/a/{id}", 404);
  finish("PUT", "/a/{id}", 503);
  EXPECT_THAT(text(), HasSubstr(R"(lakegate_http_requests_total{method="GET",route="/a/{id}",status="2xx"} 2)"));
  EXPECT_THAT(text(), HasSubstr(R"(lakegate_http_requests_total{method="GET",route="/a/{id}",status="4xx"} 1)"));
  EXPECT_THAT(text(), HasSubstr(R"(lakegate_http_requests_total{method="PUT",route="/a/{id}",status="5xx"} 1)"));
  EXPECT_THAT(text(), HasSubstr(R"(_duration_seconds_bucket{method="GET",route="/a/{id}",le="0.005"} 3)"));
  EXPECT_THAT(text(), HasSubstr("lakegate_http_received_bytes_total 40"));
  EXPECT_THAT(text(), HasSubstr("lakegate_http_sent_bytes_total 400"));
  EXPECT_THAT(text(), HasSubstr("lakegate_http_overloaded_total 1"));
}

// Or a client could fill the memory of server and Prometheus with names.
TEST_F(RequestCountsTest, NoClientMakesNewSeries) {
  finish("BREW", "", 405);
  finish("SING", "", 405);
  finish("", "", 400);
  finish("GET", "/never/{heard}", 200);
  EXPECT_THAT(text(), HasSubstr(R"(lakegate_http_requests_total{method="other",route="none",status="4xx"} 3)"));
  EXPECT_THAT(text(), Not(HasSubstr("BREW")));
  EXPECT_THAT(text(), Not(HasSubstr("heard")));
}

}  // namespace
}  // namespace lakegate::metrics
