// Session: the requests of one connection, one after the other.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>

#include "http/connection.h"
#include "http/exchange.h"
#include "http/read_buffer.h"
#include "http/shared_state.h"

namespace lakegate::http {

// Lives on one network thread. Pipelined requests wait in the buffer and the socket for their turn.
class Session {
 public:
  // `refuse`: there are too many connections; the first request is answered with 503.
  Session(SharedState& shared, std::unique_ptr<Connection> connection, bool refuse)
      : shared_(shared), connection_(std::move(connection)), refuse_(refuse) {}

  asio::awaitable<void> run();

  // The server stops: at once if no request is under way, else after its answer.
  void stop() {
    if (idle_) connection_->cut();
  }
  void cut() { connection_->cut(); }

 private:
  // `bytes` up to the empty line; or why they are refused; or neither, when the client has left.
  struct Head {
    size_t bytes = 0;
    std::optional<Error> refused;
  };

  asio::awaitable<Afterwards> serve_one();
  asio::awaitable<bool> wait_for_request();
  asio::awaitable<Head> read_head();
  std::optional<Head> look_for_end(size_t& searched);
  asio::awaitable<void> linger(std::chrono::steady_clock::duration patience);

  SharedState& shared_;
  std::unique_ptr<Connection> connection_;
  const bool refuse_;
  ReadBuffer buffer_;
  bool idle_ = true;
};

}  // namespace lakegate::http
