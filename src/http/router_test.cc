#include "http/router.h"

#include <gtest/gtest.h>

#include "model/error_codes.h"

namespace lakegate::http {
namespace {

Router example() {
  Router router;
  const Handler nothing = [](const Request&) { return Response::empty(200); };
  // Least specific first, to see that the order does not matter.
  router.add("PUT", "/batches/{batch}/datasets/{dataset}/files/{path...}", nothing);
  router.add("GET", "/batches/{batch}", nothing);
  router.add("POST", "/batches/{batch}", nothing);
  router.add("GET", "/batches/mine", nothing);
  router.add("GET", "/batches", nothing);
  router.add("POST", "/batches", nothing);
  router.add("GET", "/view/{name}", nothing);
  router.add("HEAD", "/view/{name}", nothing);
  router.add("DELETE", "/view/{name}/parts", nothing);
  return router;
}

// expected: "PATTERN name=value …", or the error's code and the Allow header.
void check(std::string method, std::string path, std::string_view expected) {
  SCOPED_TRACE(method + " " + path);
  static const Router router = example();
  Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  std::string allowed;
  const auto route = router.match(request, allowed);
  std::string found;
  if (route) {
    found = request.route;
    for (const Parameter& each : request.path_parameters) found += " " + each.name + "=" + each.value;
  } else {
    found = std::string(route.error().code->id) + (allowed.empty() ? "" : " " + allowed);
  }
  EXPECT_EQ(found, expected);
}

TEST(Router, PicksTheMostSpecificPattern) {
  check("GET", "/batches", "/batches");
  check("GET", "/batches/", "/batches");
  check("GET", "/batches/mine", "/batches/mine");
  check("GET", "/batches/%6Dine", "/batches/mine");
  check("GET", "/batches/yours", "/batches/{batch} batch=yours");
  check("POST", "/batches/mine", "/batches/{batch} batch=mine");
  check("GET", "/batches/a%2Fb%20c/", "/batches/{batch} batch=a/b c");
}

TEST(Router, TakesTheRestOfAPath) {
  const std::string_view pattern = "/batches/{batch}/datasets/{dataset}/files/{path...}";
  const std::string before = "/batches/1/datasets/2/files/";
  const auto expected = [&](std::string_view path) {
    return std::string(pattern) + " batch=1 dataset=2 path=" + std::string(path);
  };
  check("PUT", before + "a.parquet", expected("a.parquet"));
  check("PUT", before + "a/b.parquet", expected("a/b.parquet"));
  check("PUT", before + "a%2Fb.parquet", expected("a/b.parquet"));
  check("PUT", before + "part1=a/b%20%C3%A4", expected("part1=a/b ä"));
  check("PUT", before + "../x", expected("../x"));
  check("PUT", before + "a/", expected("a/"));
  check("PUT", before, "LG-1604-404");
  check("PUT", "/batches/1/datasets/2/files", "LG-1604-404");
  check("PUT", before + "a%00", "LG-1600-400");
  check("PUT", before + "a%2", "LG-1600-400");
}

TEST(Router, HeadFallsBackToGet) {
  check("HEAD", "/batches/7", "/batches/{batch} batch=7");
  check("HEAD", "/view/7", "/view/{name} name=7");
}

TEST(Router, NamesTheMethodsOfAPath) {
  check("OPTIONS", "/batches", "LG-1603-405 GET, HEAD, POST");
  check("TRACE", "/view/x/parts", "LG-1603-405 DELETE");
  check("BREW", "/batches/mine", "LG-1603-405 GET, HEAD, POST");
  check("get", "/batches", "LG-1603-405 GET, HEAD, POST");
  check("OPTIONS", "*", "LG-1603-405 DELETE, GET, HEAD, POST, PUT");
}

TEST(Router, UnknownPaths) {
  check("GET", "/", "LG-1604-404");
  check("GET", "/nothing", "LG-1604-404");
  check("GET", "//batches", "LG-1604-404");
  check("GET", "/batches//", "LG-1604-404");
  check("GET", "/batches/1/2", "LG-1604-404");
  check("OPTIONS", "/nothing", "LG-1604-404");
}

TEST(Router, HeadRouteOfItsOwnIsPreferred) {
  Request request;
  request.method = "HEAD";
  request.path = "/view/x";
  std::string allowed;
  const Router router = example();
  const auto route = router.match(request, allowed);
  ASSERT_TRUE(route);
  EXPECT_EQ((*route)->method, "HEAD");
}

}  // namespace
}  // namespace lakegate::http
