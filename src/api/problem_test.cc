#include "api/problem.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "auth/error_codes.h"
#include "base/error_codes.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

http::Request request(std::string path) {
  http::Request made;
  made.id = "01JREQUEST";
  made.path = std::move(path);
  made.scheme = "http";
  made.host = "lake:8080";
  return made;
}

json::object body_of(const http::Response& response) {
  return json::parse(std::get<std::string>(response.body)).as_object();
}

TEST(Problem, StatusIsPartOfTheCode) {
  EXPECT_EQ(http_status(codes::batch_wrong_state), 409);
  EXPECT_EQ(http_status(codes::schema_not_found), 404);
  EXPECT_EQ(http_status(codes::no_space), 507);
  EXPECT_EQ(http_status(codes::token_missing), 403);
  EXPECT_EQ(http_status(codes::org_missing), 400);
}

TEST(Problem, SaysWhatWhereAndUnderWhichRequest) {
  const auto response =
      problem(Error{&codes::batch_not_found, "No batch 7."}, request("/data/foundation/import/batches/7"));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.find("content-type"), "application/problem+json");
  const json::object body = body_of(response);
  EXPECT_EQ(body.at("type"), "http://lake:8080/errors/LG-1100-404");
  EXPECT_EQ(body.at("title"), "No such batch");
  EXPECT_EQ(body.at("status"), 404);
  EXPECT_EQ(body.at("detail"), "No batch 7.");
  EXPECT_EQ(body.at("instance"), "01JREQUEST");
  EXPECT_EQ(body.at("report").at("code"), "LG-1100-404");
}

// A header may hold any byte, and a text that was cut may end within a character: JSON is UTF-8 all the same.
TEST(Problem, QuotesWhatIsNotUtf8) {
  const Error error{&codes::precondition_failed, "If-Match is \xaa\xc2\xa0\xc2."};
  const char* expected = "If-Match is \\xaa\xc2\xa0\\xc2.";
  EXPECT_EQ(body_of(problem(error, request("/x"))).at("detail"), expected);
  EXPECT_EQ(
      body_of(problem(error, request("/data/foundation/schemaregistry/stats"))).at("report").at("detailed-message"),
      expected);
  EXPECT_EQ(body_of(problem(error, request("/iceberg/v1/config"))).at("error").at("message"), expected);
  EXPECT_EQ(body_of(gateway_problem(error, request("/x"))).at("detail"), expected);
}

TEST(Problem, NamesWhenToComeBack) {
  const auto response = problem(Error{&codes::range_busy, "Busy.", std::chrono::seconds(5)}, request("/x"));
  EXPECT_EQ(response.headers.find("retry-after"), "5");
}

TEST(Problem, HasTheRegistrysFormThere) {
  const json::object body = body_of(
      problem(Error{&codes::schema_not_found, "None."}, request("/data/foundation/schemaregistry/tenant/schemas/x")));
  EXPECT_EQ(body.at("type"), "http://ns.adobe.com/aep/errors/XDM-1012-404");
  EXPECT_EQ(body.at("report").at("registryRequestId"), "01JREQUEST");
  EXPECT_EQ(body.at("report").at("timestamp").as_string().size(), std::string_view("MM-DD-YYYY hh:mm:ss").size());
}

TEST(Problem, GatewayFormKeepsTheDocumentedMessage) {
  const auto response =
      gateway_problem(Error{&codes::token_invalid, "It has expired."}, request("/data/foundation/catalog"));
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(body_of(response).at("error_code"), "401013");
  EXPECT_EQ(body_of(response).at("message"), "Oauth token is not valid");
  EXPECT_EQ(response.headers.find("www-authenticate"), "Bearer");
}

}  // namespace
}  // namespace lakegate::api
