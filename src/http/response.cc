#include "http/response.h"

namespace lakegate::http {

Response Response::text(int status, std::string content_type, std::string body) {
  Response response;
  response.status = status;
  response.headers.add("content-type", std::move(content_type));
  response.body = std::move(body);
  return response;
}

Response Response::empty(int status) {
  Response response;
  response.status = status;
  return response;
}

Response Response::file(int status, std::string content_type, FileSlice slice) {
  Response response;
  response.status = status;
  response.headers.add("content-type", std::move(content_type));
  response.body = std::move(slice);
  return response;
}

Response Response::stream(int status, std::string content_type, std::unique_ptr<BodySource> source) {
  Response response;
  response.status = status;
  response.headers.add("content-type", std::move(content_type));
  response.body = std::move(source);
  return response;
}

std::optional<int64_t> Response::body_bytes() const {
  if (const auto* slice = std::get_if<FileSlice>(&body)) return slice->length;
  if (const auto* text = std::get_if<std::string>(&body)) return static_cast<int64_t>(text->size());
  return std::nullopt;
}

}  // namespace lakegate::http
