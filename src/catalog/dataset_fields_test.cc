#include "catalog/dataset_fields.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace lakegate::catalog {
namespace {

namespace json = boost::json;

Result<DatasetFields> read(const char* document) { return read_dataset_fields(json::parse(document).as_object()); }

TEST(DatasetFields, Least) {
  const auto fields = read(R"({"name":"Loyalty","schemaRef":{"id":"https://ns.adobe.com/acme/schemas/1"}})");
  ASSERT_TRUE(fields.has_value()) << fields.error().message;
  EXPECT_EQ(fields->name, "Loyalty");
  EXPECT_EQ(fields->schema_id.text(), "https://ns.adobe.com/acme/schemas/1");
  EXPECT_EQ(fields->schema_content_type, "application/vnd.adobe.xed+json;version=1");
  EXPECT_FALSE(fields->table_name.has_value());
  EXPECT_TRUE(fields->tags.empty() && fields->extra.empty() && fields->description.empty());
}

TEST(DatasetFields, ClientsMembersAreKeptAndTheServersAreNot) {
  const auto fields = read(R"({
    "name":"n","schemaRef":{"id":"s","contentType":"application/vnd.adobe.xed-full+json; version=1"},
    "description":"d","tags":{"unifiedProfile":["enabled:true"],"single":"x","adobe/pqs/table":["My_Table"]},
    "fileDescription":{"format":"parquet","persisted":true},"enableErrorDiagnostics":true,"dataSourceId":null,
    "created":7,"version":"9.9.9","imsOrg":"x","viewId":"v","lastBatchId":"b"})");
  ASSERT_TRUE(fields.has_value()) << fields.error().message;
  EXPECT_EQ(fields->table_name, "My_Table");
  EXPECT_EQ(fields->tags, (Tags{{"single", {"x"}}, {"unifiedProfile", {"enabled:true"}}}));
  EXPECT_EQ(json::serialize(fields->extra),
            R"({"fileDescription":{"format":"parquet","persisted":true},"enableErrorDiagnostics":true})");
}

TEST(DatasetFields, ContentTypes) {
  const auto accepted = [](std::string_view type) {
    const json::object document{{"name", "n"}, {"schemaRef", {{"id", "s"}, {"contentType", type}}}};
    return read_dataset_fields(document).has_value();
  };
  for (const char* good :
       {"application/vnd.adobe.xed+json;version=1", "application/vnd.adobe.xed+json; version=1",
        "application/vnd.adobe.xed-full+json;version=1", "application/vnd.adobe.xed-full-notext+json; version=1",
        "application/vnd.adobe.xdm+json;version=1", "application/vnd.adobe.xed+json", "Application/Vnd.Adobe.xed+JSON"})
    EXPECT_TRUE(accepted(good)) << good;
  for (const char* bad : {"application/json", "application/vnd.adobe.xed+json;version=2", "+json", "x",
                          "application/vnd.adobe.xed-id+json"}) {
    EXPECT_FALSE(accepted(bad)) << bad;
  }
}

// Each refusal names the member.
TEST(DatasetFields, Refusals) {
  const auto check = [](const json::object& changed, std::string_view names) {
    json::object document{{"name", "n"}, {"schemaRef", {{"id", "s"}}}};
    for (const auto& [key, value] : changed) document[key] = value;
    const auto fields = read_dataset_fields(document);
    ASSERT_FALSE(fields.has_value()) << json::serialize(changed).substr(0, 200);
    EXPECT_EQ(fields.error().kind(), ErrorKind::invalid);
    EXPECT_NE(fields.error().message.find(names), std::string::npos) << fields.error().message;
  };
  check({{"name", nullptr}}, "name");
  check({{"name", "  "}}, "name");
  check({{"name", 7}}, "name is a number");
  check({{"name", "a\nb"}}, "name");
  check({{"name", std::string(513, 'x')}}, "513");
  check({{"description", json::string("a\0b", 3)}}, "description");
  check({{"schemaRef", nullptr}}, "schemaRef");
  check({{"schemaRef", "id"}}, "schemaRef");
  check({{"schemaRef", json::object()}}, "schemaRef.id");
  check({{"tags", json::array()}}, "tags");
  check({{"tags", {{"k", json::array{7}}}}}, "\"k\"");
  check({{"tags", {{"adobe/pqs/table", json::array{"no spaces"}}}}}, "adobe/pqs/table");
  check({{"fileDescription", "parquet"}}, "fileDescription");
  check({{"fileDescription", {{"format", "xlsx"}}}}, "xlsx");
  check({{"classification", "managed"}}, "classification");
  check({{"more", std::string(70'000, 'x')}}, "65536");
}

}  // namespace
}  // namespace lakegate::catalog
