// Exchange: one request and its answer.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>

#include "http/connection.h"
#include "http/read_buffer.h"
#include "http/request_head.h"
#include "http/shared_state.h"
#include "http/socket_body.h"

namespace lakegate::http {

// What the connection does after an answer.
enum class Afterwards {
  next_request,
  close,
  close_after_rest,  // the client may still be sending: let it read the answer first
  broken,            // nothing can be sent any more
};

// Lives on the connection's network thread.
class Exchange {
 public:
  // Starts the clock and gives the request its id.
  Exchange(SharedState& shared, Connection& connection, ReadBuffer& buffer);

  Request& request() { return request_; }

  // Finds the handler, lets it answer, sends the answer.
  asio::awaitable<Afterwards> answer(const Framing& framing);
  // Answers a request whose head is not acceptable.
  asio::awaitable<Afterwards> refuse(const Error& error);

 private:
  asio::awaitable<Response> respond(SocketBody& body);
  asio::awaitable<Response> run_handler(const Handler& handler, SocketBody& body);
  asio::awaitable<Status> read_whole_body(SocketBody& body, BodyShare& share);
  asio::awaitable<bool> send(const Response& response, bool keep_alive);
  Response render(const Error& error, const std::string& allowed) const;
  Response render_failure(std::string_view what) const;
  void report(const Response& response, int64_t bytes_in);
  void write_access_line(const Response& response, int64_t bytes_in, std::chrono::microseconds duration) const;

  SharedState& shared_;
  Connection& connection_;
  ReadBuffer& buffer_;
  const std::chrono::steady_clock::time_point start_;
  Request request_;
  int64_t body_bytes_out_ = 0;
};

}  // namespace lakegate::http
