#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "api/answer_once.h"
#include "api/import.h"
#include "api/import_request.h"
#include "http/run_on.h"
#include "upload/chunked_file.h"
#include "upload/content_range.h"
#include "upload/part_upload.h"
#include "upload/whole_upload.h"

namespace lakegate::api {
namespace {

namespace asio = boost::asio;

constexpr std::string_view path = "/data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath...}";
constexpr size_t held_ranges_shown_max = 256;
constexpr std::array<std::string_view, 2> actions = {"INITIALIZE", "COMPLETE"};

upload::FileAddress address_of(const http::Request& request, const auth::Identity& identity) {
  return {.scope = identity.scope,
          .batch = BatchId(request.path_parameter("batchId")),
          .dataset = DatasetId(request.path_parameter("datasetId")),
          .path = request.path_parameter("filePath")};
}

// `bytes_held`: all of a complete file's.
http::Response file_json(int status, const BatchFile& file, int64_t bytes_held) {
  const boost::json::object body{{"name", file.path}, {"sizeInBytes", bytes_held}};
  return http::Response::text(status, "application/json", boost::json::serialize(body));
}

// "bytes=0-N", N the last byte up to which there is no gap; none before the first byte.
void add_range(http::Response& response, const upload::HeldBytes& held) {
  if (held.contiguous > 0) response.headers.set("Range", fmt::format("bytes=0-{}", held.contiguous - 1));
}

// "0-99, 200-299": all that is held, for clients that send parts in any order. Of more than can be told the first ones.
void add_held_ranges(http::Response& response, const upload::HeldRanges& held) {
  std::string text;
  for (const ByteRange& range : std::span(held.ranges).first(std::min(held.ranges.size(), held_ranges_shown_max))) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", upload::to_string(range));
  }
  if (!text.empty()) response.headers.set("Lakegate-Held-Ranges", text);
}

asio::awaitable<Result<http::Response>> put(const ImportRoutes& parts, http::Request& request, http::BodyStream& body,
                                            const auth::Identity& identity) {
  const upload::FileAddress address = address_of(request, identity);
  LG_CO_ASSIGN(const BatchFile file, co_await upload::upload_whole(parts.uploads, address, request, body));
  if (wants_json(request)) co_return file_json(200, file, file.sent_bytes);
  co_return http::Response::empty(200);
}

asio::awaitable<Result<http::Response>> patch(const ImportRoutes& parts, http::Request& request, http::BodyStream& body,
                                              const auth::Identity& identity) {
  const upload::FileAddress address = address_of(request, identity);
  LG_CO_ASSIGN(const upload::HeldBytes held, co_await upload::upload_part(parts.uploads, address, request, body));
  http::Response response = wants_json(request) ? file_json(200, held.file, held.held) : http::Response::empty(200);
  add_range(response, held);
  co_return std::move(response);
}

Result<http::Response> act(const ImportRoutes& parts, const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(const size_t action, read_action(request, actions));
  const upload::FileAddress address = address_of(request, identity);
  const bool json = wants_json(request);
  if (actions[action] == "INITIALIZE") {
    LG_ASSIGN(const BatchFile file, upload::initialize(parts.uploads, address));
    return json ? file_json(201, file, 0) : http::Response::empty(201);
  }
  LG_ASSIGN(const BatchFile file, upload::complete(parts.uploads, address));
  return json ? file_json(200, file, file.sent_bytes) : http::Response::empty(201);
}

Result<http::Response> head(const ImportRoutes& parts, const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(const upload::HeldRanges held, upload::held_ranges(parts.uploads, address_of(request, identity)));
  http::Response response = http::Response::empty(200);
  add_range(response, held.bytes);
  add_held_ranges(response, held);
  return response;
}

}  // namespace

void add_import_file_routes(http::Router& router, const ImportRoutes& parts) {
  const auto stream = [&](auto handler) {
    return parts.gateway.authorised_stream(
        Right::ingest,
        [parts, handler](http::Request& request, http::BodyStream& body, const auth::Identity& identity) {
          return handler(parts, request, body, identity);
        });
  };
  const auto whole = [&](auto handler) {
    return [parts, handler](const http::Request& request, const auth::Identity& identity) {
      return handler(parts, request, identity);
    };
  };
  router.add_stream("PUT", std::string(path), stream(put));
  router.add_stream("PATCH", std::string(path), stream(patch));
  router.add(
      "POST", std::string(path),
      parts.gateway.authorised(Right::ingest, answering_again(parts.uploads.ledger, parts.uploads.clock, whole(act))));
  router.add("HEAD", std::string(path), parts.gateway.authorised(Right::ingest, whole(head)));
}

}  // namespace lakegate::api
