// Putting a response on the wire.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>

#include "base/clock.h"
#include "http/connection.h"
#include "http/request.h"
#include "http/response.h"
#include "http/settings.h"
#include "http/worker_pool.h"

namespace lakegate::http {

// Status line and header fields, with the transport's own: Content-Length, Date, Connection, x-request-id.
std::string render_head(const Response& response, const Request& request, bool keep_alive, Millis now);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::string render_date(Millis now);

struct Written {
  int64_t body_bytes = 0;
  bool complete = false;  // else the connection is of no use any more
};

// Waits for slow readers within the settings; reads files on the pool.
class ResponseWriter {
 public:
  ResponseWriter(Connection& connection, WorkerPool& pool, const Settings& settings)
      : connection_(connection), pool_(pool), settings_(settings) {}

  asio::awaitable<Written> write(const Request& request, const Response& response, bool keep_alive, Millis now);

 private:
  asio::awaitable<bool> write_bytes(asio::const_buffer head, asio::const_buffer rest, bool more);
  asio::awaitable<Written> send_stream(BodySource& source, bool chunked);
  asio::awaitable<Written> send_file(const FileSlice& slice);
  asio::awaitable<Written> copy_file(const FileSlice& slice);

  Connection& connection_;
  WorkerPool& pool_;
  const Settings& settings_;
};

}  // namespace lakegate::http
