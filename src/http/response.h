// Response: what a handler answers with. The transport adds Content-Length, Date, Connection and x-request-id.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/file_descriptor.h"
#include "http/headers.h"

namespace lakegate::http {

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

// Movable, not copyable. HEAD, 204 and 304 are answered without the body.
struct Response {
  int status = 200;
  Headers headers;
  std::variant<std::string, FileSlice> body;
  bool close = false;            // end the connection after this answer
  std::vector<Note> notes = {};  // who asked, for what; at most notes_max are written

  static constexpr size_t notes_max = 8;

  static Response text(int status, std::string content_type, std::string body);
  static Response empty(int status);
  static Response file(int status, std::string content_type, FileSlice slice);

  int64_t body_bytes() const;
};

}  // namespace lakegate::http
