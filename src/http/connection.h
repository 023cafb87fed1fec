// Connection: one accepted socket, plain or TLS; every wait has a time limit.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <memory>
#include <string>

#include "http/deadline.h"

namespace lakegate::http {

namespace asio = boost::asio;
using boost::system::error_code;

// What a read or write did. `timed_out` when the time was over first; end of file is an error, as in Asio.
struct Transfer {
  size_t bytes = 0;
  error_code error;
};

// Lives on one network thread; one call at a time.
class Connection {
 public:
  using Duration = std::chrono::steady_clock::duration;
  using Socket = asio::ip::tcp::socket;

  static std::unique_ptr<Connection> plain(Socket socket);
  static std::unique_ptr<Connection> tls(Socket socket, asio::ssl::context& context);
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  asio::awaitable<error_code> handshake(Duration patience);
  // Some bytes; never 0 without an error.
  asio::awaitable<Transfer> read(asio::mutable_buffer buffer, Duration patience);
  // Some of `head`, then of `rest`. `more`: further bytes follow at once.
  asio::awaitable<Transfer> write(asio::const_buffer head, asio::const_buffer rest, bool more, Duration patience);
  asio::awaitable<error_code> wait(Socket::wait_type what, Duration patience);
  // Tells the other side that nothing follows.
  asio::awaitable<void> finish_writing(Duration patience);

  // Whether a read would give bytes without waiting, most likely.
  virtual bool more_at_hand() = 0;
  // Whether socket() carries the bytes themselves, for splice and sendfile.
  virtual bool is_plain() const = 0;
  virtual Socket& socket() = 0;

  // Ends every present and later wait with an error. The descriptor stays open, since a pool thread may be using it.
  void cut();

  const std::string& peer() const { return peer_; }

 protected:
  Connection(const asio::any_io_executor& executor, std::string peer);

 private:
  virtual asio::awaitable<error_code> do_handshake() = 0;
  virtual asio::awaitable<Transfer> do_read(asio::mutable_buffer buffer) = 0;
  virtual asio::awaitable<Transfer> do_write(asio::const_buffer head, asio::const_buffer rest, bool more) = 0;
  virtual asio::awaitable<void> do_finish_writing() = 0;

  error_code settle(error_code error);

  Deadline deadline_;
  std::string peer_;
};

}  // namespace lakegate::http
