#include "api/batch_order.h"

#include <gtest/gtest.h>

namespace lakegate::api {
namespace {

using pipeline::BatchOrder;

BatchOrder read(std::string_view body) {
  const auto order = read_batch_order(body);
  EXPECT_TRUE(order) << body << ": " << (order ? "" : order.error().message);
  return order.value_or(BatchOrder{});
}

void check_refused(std::string_view body, std::string_view code, std::initializer_list<std::string_view> names) {
  SCOPED_TRACE(body);
  const auto order = read_batch_order(body);
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().code->id, code);
  for (const std::string_view name : names) {
    EXPECT_NE(order.error().message.find(name), std::string::npos) << name << " is not in: " << order.error().message;
  }
}

TEST(BatchOrder, LeastBody) {
  const BatchOrder order = read(R"( {"datasetId": "66f0"} )");
  EXPECT_EQ(order.dataset, DatasetId("66f0"));
  EXPECT_EQ(order.format, InputFormat::parquet);
  EXPECT_EQ(order.input_format_json, "{}");
  EXPECT_EQ(order.external_id, "");
  EXPECT_EQ(order.tags_json, "{}");
}

TEST(BatchOrder, FullBody) {
  const BatchOrder order = read(
      R"({"datasetId": "66f0", "externalId": "feed/1", "inputFormat": {"format": "JSON", "isMultiLineJson": true},
          "tags": {"a": ["b", "c"], "n": 5}, "enableErrorDiagnostics": true, "partialIngestionPercent": 0,
          "partialIngestionPercentage": 0.0, "replay": null, "unknown": {"x": 1}})");
  EXPECT_EQ(order.format, InputFormat::json);
  EXPECT_EQ(order.input_format_json, R"({"format":"JSON","isMultiLineJson":true})");
  EXPECT_EQ(order.external_id, "feed/1");
  EXPECT_EQ(order.tags_json, R"({"a":["b","c"],"n":5,"acp_enableErrorDiagnostics":true})");
}

TEST(BatchOrder, NullIsAbsent) {
  const BatchOrder order = read(
      R"({"datasetId": "d", "externalId": null, "inputFormat": null, "tags": null, "enableErrorDiagnostics": null,
          "partialIngestionPercent": null})");
  EXPECT_EQ(order.external_id, "");
  EXPECT_EQ(order.tags_json, "{}");
  EXPECT_EQ(read(R"({"datasetId": "d", "inputFormat": {"format": null}})").format, InputFormat::parquet);
  EXPECT_EQ(read(R"({"datasetId": "d", "inputFormat": {"header": null, "quote": "'"}})").input_format_json,
            R"({"quote":"'"})");
  EXPECT_EQ(read(R"({"datasetId": "d", "enableErrorDiagnostics": false})").tags_json, "{}");
}

TEST(BatchOrder, FormatsInAnyCase) {
  for (const auto& [word, format] : {std::pair{"Parquet", InputFormat::parquet}, std::pair{"CSV", InputFormat::csv},
                                     std::pair{"json", InputFormat::json}}) {
    EXPECT_EQ(read(fmt::format(R"({{"datasetId": "d", "inputFormat": {{"format": "{}"}}}})", word)).format, format);
  }
}

TEST(BatchOrder, WhatIsNoOrder) {
  constexpr std::string_view invalid = "LG-1000-400";
  check_refused("", invalid, {"no body", "datasetId"});
  check_refused(" \r\n", invalid, {"no body", "datasetId"});
  check_refused("{", invalid, {"not JSON at byte 1 of 1", "datasetId"});
  check_refused(R"({"datasetId": "d"} x)", invalid, {"not JSON at byte 19", "more text follows"});
  check_refused("{\"datasetId\": \"\xff\"}", invalid, {"not JSON"});
  check_refused(std::string(100'000, '['), invalid, {"not JSON"});
  check_refused("[]", invalid, {"a list", "datasetId"});
  check_refused("\"d\"", invalid, {"\"d\"", "datasetId"});
  check_refused("{}", invalid, {"datasetId is missing"});
  check_refused(R"({"datasetId": null})", invalid, {"datasetId is missing"});
  check_refused(R"({"datasetId": 7})", invalid, {"datasetId is the number 7", "as text"});
  check_refused(R"({"datasetId": ["d"]})", invalid, {"datasetId is a list"});
  check_refused(R"({"datasetId": ""})", invalid, {"datasetId"});
}

TEST(BatchOrder, MembersOfAnotherShape) {
  constexpr std::string_view invalid = "LG-1000-400";
  check_refused(R"({"datasetId": "d", "inputFormat": "parquet"})", invalid, {"inputFormat is \"parquet\"", "object"});
  check_refused(R"({"datasetId": "d", "inputFormat": {"format": "avro"}})", invalid,
                {"inputFormat.format is \"avro\"", "\"parquet\", \"json\" or \"csv\""});
  check_refused(R"({"datasetId": "d", "inputFormat": {"format": 1}})", invalid, {"inputFormat.format is the number 1"});
  check_refused(R"({"datasetId": "d", "inputFormat": {"charset": [null]}})", invalid, {"inputFormat.charset", "text"});
  check_refused(R"({"datasetId": "d", "inputFormat": {"delimiter": true}})", invalid,
                {"inputFormat.delimiter", "text"});
  check_refused(R"({"datasetId": "d", "inputFormat": {"header": 1}})", invalid,
                {"inputFormat.header", "true or false"});
  check_refused(R"({"datasetId": "d", "inputFormat": {"isMultiLineJson": "yes"}})", invalid, {"isMultiLineJson is"});
  check_refused(R"({"datasetId": "d", "externalId": 5})", invalid, {"externalId is the number 5"});
  check_refused(fmt::format(R"({{"datasetId": "d", "externalId": "{}"}})", std::string(513, 'e')), invalid,
                {"externalId has 513 bytes", "512"});
  check_refused(R"({"datasetId": "d", "tags": ["a"]})", invalid, {"tags is a list"});
  check_refused(R"({"datasetId": "d", "tags": {"a": {"b": 1}}})", invalid, {"tags.a is an object"});
  check_refused(R"({"datasetId": "d", "tags": {"a": ["b", 1]}})", invalid, {"tags.a is a list", "list of texts"});
  check_refused(fmt::format(R"({{"datasetId": "d", "tags": {{"a": ["{}"]}}}})", std::string(70'000, 't')), invalid,
                {"tags has", "65536"});
  check_refused(R"({"datasetId": "d", "enableErrorDiagnostics": "yes"})", invalid, {"enableErrorDiagnostics"});
  check_refused(R"({"datasetId": "d", "partialIngestionPercent": "5"})", invalid, {"partialIngestionPercent is \"5\""});
  check_refused(R"({"datasetId": "d", "partialIngestionPercentage": 101})", invalid, {"0 to 100"});
}

TEST(BatchOrder, WhatIsNotOffered) {
  constexpr std::string_view not_offered = "LG-1108-400";
  check_refused(R"({"datasetId": "d", "partialIngestionPercent": 5})", not_offered, {"partialIngestionPercent is 5"});
  check_refused(R"({"datasetId": "d", "partialIngestionPercentage": 0.5})", not_offered,
                {"partialIngestionPercentage", "not offered"});
}

}  // namespace
}  // namespace lakegate::api
