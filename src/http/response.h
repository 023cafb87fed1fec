// Response: what a handler answers with. The transport adds Content-Length, Date, Connection and x-request-id.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/file_descriptor.h"
#include "http/headers.h"

namespace lakegate::http {

namespace asio = boost::asio;

// Bytes [offset, offset + length) of an open file: sent by sendfile on plain connections, copied on TLS. Closed
// when the answer is out. A file shorter than promised ends the connection.
struct FileSlice {
  FileDescriptor file;
  int64_t offset = 0;
  int64_t length = 0;
};

// A fact for the request's log line, `name` of static storage: base/log.h has the names.
struct Note {
  std::string_view name;
  std::string value;
};

// A body that is made while it is sent, and whose length nobody knows before. Sent chunked; to a client of HTTP/1.0 the
// connection's end is the body's.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // Some bytes; none: the body has ended. Asked again only when those before are on their way, so that a slow reader
  // holds up one piece and nothing else. Runs on the connection's network thread and must not block; what it refers to
  // must outlive the answer. What it throws cuts the answer off.
  virtual asio::awaitable<std::string> next() = 0;
};

// Movable, not copyable. HEAD, 204 and 304 are answered without the body.
struct Response {
  int status = 200;
  Headers headers;
  std::variant<std::string, FileSlice, std::unique_ptr<BodySource>> body;
  bool close = false;            // end the connection after this answer
  std::vector<Note> notes = {};  // who asked, for what; at most notes_max are written

  static constexpr size_t notes_max = 8;

  static Response text(int status, std::string content_type, std::string body);
  static Response empty(int status);
  static Response file(int status, std::string content_type, FileSlice slice);
  static Response stream(int status, std::string content_type, std::unique_ptr<BodySource> source);

  std::optional<int64_t> body_bytes() const;  // none: nobody knows yet
};

}  // namespace lakegate::http
