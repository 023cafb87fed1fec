// The shapes of Data Access and of previews, as contract/data-access.md and contract/batch-ingestion.md print them.
#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "api/export_bytes.h"
#include "api/export_page.h"
#include "api/preview.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

http::Request get(std::string path, std::vector<http::Parameter> query = {}) {
  http::Request request;
  request.method = "GET";
  request.path = std::move(path);
  request.query = std::move(query);
  request.scheme = "https";
  request.host = "HOST";
  return request;
}

BatchFile sent_file(int64_t number, std::string path) {
  BatchFile file;
  file.batch_id = BatchId("01JAZ4W2F0V7T9E5N3K8QMRBCD");
  file.number = number;
  file.path = std::move(path);
  file.sent_bytes = 24905;
  file.complete = true;
  file.created = file.updated = 1'727'000'000'123;
  return file;
}

// Order of the members included.
void check(const json::object& rendered, std::string_view expected) {
  EXPECT_EQ(json::serialize(rendered), json::serialize(json::parse(expected)));
}

TEST(Export, DatasetFilesPage) {
  const http::Request request =
      get("/data/foundation/export/batches/01JAZ4W2F0V7T9E5N3K8QMRBCD/files", {{"start", "0"}, {"limit", "1"}});
  access::SentFilesPage found;
  found.batch.status = BatchStatus::staged;
  found.view_id = ViewId("66f0a1b2c3d4e5f601234568");
  const BatchFile file = sent_file(1, "part-00000.parquet");
  check(render_export_page({render_data_set_file(file, found, request)}, *parse_export_page(request), 6, request), R"(
    {"data":[{"dataSetFileId":"01JAZ4W2F0V7T9E5N3K8QMRBCD-1","dataSetViewId":"66f0a1b2c3d4e5f601234568",
      "version":"1.0.0","created":"1727000000123","updated":"1727000000123","isValid":false,
      "_links":{"self":{"href":"https://HOST/data/foundation/export/files/01JAZ4W2F0V7T9E5N3K8QMRBCD-1"}}}],
     "_page":{"limit":1,"count":6},
     "_links":{"next":{"href":
       "https://HOST/data/foundation/export/batches/01JAZ4W2F0V7T9E5N3K8QMRBCD/files?start=1&limit=1"},
      "page":{"href":"https://HOST/data/foundation/export/batches/01JAZ4W2F0V7T9E5N3K8QMRBCD/files?start=0&limit=1",
       "templated":true}}})");
}

TEST(Export, FilesPage) {
  const http::Request request = get("/data/foundation/export/files/01JAZ-1");
  const std::string address = file_address("01JAZ-1", request);
  check(render_export_page({render_name("part-00000.parquet", 24905, address)}, {}, 1, request), R"(
    {"data":[{"name":"part-00000.parquet","length":"24905","_links":{"self":{"href":
      "https://HOST/data/foundation/export/files/01JAZ-1?path=part-00000.parquet"}}}],
     "_page":{"limit":100,"count":1}})");
  check(render_name("part1=a/x y&z#ü.parquet", 0, address), R"(
    {"name":"part1=a/x y&z#ü.parquet","length":"0","_links":{"self":{"href":
      "https://HOST/data/foundation/export/files/01JAZ-1?path=part1%3Da/x%20y%26z%23%C3%BC.parquet"}}})");
}

TEST(Export, LinksOnlyWhereMoreFollows) {
  const http::Request request = get("/files", {{"path", "input_files"}});
  const auto links = [&](int64_t shown, int64_t start, int64_t total) {
    const json::object page = render_export_page(json::array(static_cast<size_t>(shown)), {start, 2}, total, request);
    const json::value* found = page.if_contains("_links");
    return found == nullptr ? "" : json::serialize(found->at("next").at("href"));
  };
  EXPECT_EQ(links(2, 0, 3), "\"https://HOST/files?path=input_files&start=2&limit=2\"");
  EXPECT_EQ(links(1, 2, 3), "");
  EXPECT_EQ(links(2, 0, 2), "");
  EXPECT_EQ(links(0, 5, 3), "");
  EXPECT_EQ(links(0, 0, 0), "");
}

TEST(Export, ReadsPages) {
  const auto parse = [](std::vector<http::Parameter> query) { return parse_export_page(get("/", std::move(query))); };
  EXPECT_EQ(parse({})->limit, 100);
  EXPECT_EQ(parse({})->start, 0);
  EXPECT_EQ(parse({{"limit", "7"}, {"start", "9223372036854775807"}})->start, INT64_MAX);
  for (const char* wrong : {"0", "101", "-1", "x", "", "1x", "99999999999999999999"}) {
    const auto page = parse({{"limit", wrong}});
    ASSERT_FALSE(page.has_value()) << wrong;
    EXPECT_EQ(page.error().code->id, "LG-1302-400");
  }
  EXPECT_FALSE(parse({{"start", "-1"}}).has_value());
  EXPECT_FALSE(parse({{"start", ""}}).has_value());
}

struct Answered {
  int status = 0;
  int64_t offset = -1;
  int64_t length = -1;
  std::string content_range = {};
  bool operator==(const Answered&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Answered& answered) {
  return out << answered.status << " " << answered.offset << "+" << answered.length << " " << answered.content_range;
}

Answered ask_bytes(const char* method, http::Headers headers) {
  http::Request request = get("/data/foundation/export/files/01JAZ4W2F0V7T9E5N3K8QMRBCD-1");
  request.method = method;
  request.headers = std::move(headers);
  const access::SentFile sent{.batch = {}, .file = sent_file(1, "a.parquet")};
  // A tail behind: never sent.
  OpenObject object{.fd = FileDescriptor(::memfd_create("object", MFD_CLOEXEC)), .size_bytes = 30000};
  const http::Response response = sent_bytes_response(request, sent, std::move(object));
  Answered answered{.status = response.status,
                    .content_range = std::string(response.headers.find("content-range").value_or(""))};
  if (const auto* slice = std::get_if<http::FileSlice>(&response.body)) {
    answered.offset = slice->offset;
    answered.length = slice->length;
    EXPECT_EQ(response.headers.find("accept-ranges"), "bytes");
    EXPECT_EQ(response.headers.find("content-type"), "application/octet-stream");
    EXPECT_EQ(response.headers.find("etag"), "\"01JAZ4W2F0V7T9E5N3K8QMRBCD-1\"");
  }
  return answered;
}

TEST(Export, AnswersTheBytesSentAndRangesOfThem) {
  const Answered whole{200, 0, 24905};
  EXPECT_EQ(ask_bytes("GET", {}), whole);
  EXPECT_EQ(ask_bytes("GET", {{"Range", "bytes=0-99"}}), (Answered{206, 0, 100, "bytes 0-99/24905"}));
  EXPECT_EQ(ask_bytes("GET", {{"Range", "bytes=24900-30000"}}), (Answered{206, 24900, 5, "bytes 24900-24904/24905"}));
  EXPECT_EQ(ask_bytes("GET", {{"Range", "bytes=-5"}}), (Answered{206, 24900, 5, "bytes 24900-24904/24905"}));
  EXPECT_EQ(ask_bytes("GET", {{"Range", "bytes=24905-"}}), (Answered{416, -1, -1, "bytes */24905"}));
  EXPECT_EQ(ask_bytes("GET", {{"Range", "bytes=0-1,5-6"}}), (Answered{416, -1, -1, "bytes */24905"}));
  EXPECT_EQ(ask_bytes("HEAD", {{"Range", "bytes=0-99"}}), whole);
  EXPECT_EQ(ask_bytes("GET", {{"Range", "bytes=0-9"}, {"If-Range", "\"01JAZ4W2F0V7T9E5N3K8QMRBCD-1\""}}),
            (Answered{206, 0, 10, "bytes 0-9/24905"}));
  EXPECT_EQ(ask_bytes("GET", {{"Range", "bytes=0-9"}, {"If-Range", "\"other\""}}), whole);
  EXPECT_EQ(ask_bytes("GET", {{"Range", "bytes=0-9"}, {"If-Range", "Wed, 21 Oct 2015 07:28:00 GMT"}}), whole);
}

TEST(Export, Conditions) {
  const std::string tag = "\"01JAZ4W2F0V7T9E5N3K8QMRBCD-1\"";
  const Answered whole{200, 0, 24905};
  for (const std::string& known : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
    EXPECT_EQ(ask_bytes("GET", {{"If-None-Match", known}, {"Range", "bytes=0-1"}}).status, 304) << known;
    EXPECT_EQ(ask_bytes("HEAD", {{"If-None-Match", known}}).status, 304) << known;
    EXPECT_EQ(ask_bytes("GET", {{"If-Match", known}}), whole) << known;
  }
  EXPECT_EQ(ask_bytes("GET", {{"If-None-Match", "\"other\""}}), whole);
  EXPECT_EQ(ask_bytes("GET", {{"If-Match", "\"other\""}, {"Range", "bytes=0-1"}}).status, 412);
}

TEST(Export, PreviewResponse) {
  access::Preview preview{.columns = {{1, "id"}, {7, "s"}},
                          .rows = {json::object{{"id", 1}, {"s", json::object{{"a", nullptr}}}},
                                   json::object{{"id", nullptr}, {"s", nullptr}}}};
  check(render_preview(preview, get("/", {{"delimiter", ";"}, {"header", "False"}, {"isMultiLineJson", "false"}})), R"(
    {"formatParams": {"delimiter": ";", "quote": "\"", "escape": "\\", "charset": "UTF-8", "header": false,
                      "format": "parquet"},
     "preview": {"columns": [{"cid": "1", "name": "id"}, {"cid": "7", "name": "s"}],
                 "rows": [{"1": 1, "7": {"a": null}}, {"1": null, "7": null}]}})");
  access::Preview empty;
  check(render_preview(empty, get("/")), R"(
    {"formatParams": {"delimiter": ",", "quote": "\"", "escape": "\\", "charset": "UTF-8", "header": true,
                      "format": "parquet"}, "preview": {"columns": [], "rows": []}})");
}

}  // namespace
}  // namespace lakegate::api
