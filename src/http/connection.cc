#include "http/connection.h"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/core.h>
#include <sys/socket.h>

#include <array>
#include <utility>

namespace lakegate::http {
namespace {

using tcp = asio::ip::tcp;

std::string name_of_peer(const tcp::socket& socket) {
  error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return "gone";
  const std::string address = peer.address().to_string();
  return peer.address().is_v6() ? fmt::format("[{}]:{}", address, peer.port())
                                : fmt::format("{}:{}", address, peer.port());
}

class PlainConnection final : public Connection {
 public:
  explicit PlainConnection(Socket socket)
      : Connection(socket.get_executor(), name_of_peer(socket)), socket_(std::move(socket)) {}

  bool more_at_hand() override {
    error_code error;
    return socket_.available(error) > 0;
  }
  bool is_plain() const override { return true; }
  Socket& socket() override { return socket_; }

 private:
  asio::awaitable<error_code> do_handshake() override { co_return error_code(); }

  asio::awaitable<Transfer> do_read(asio::mutable_buffer buffer) override {
    Transfer done;
    done.bytes = co_await socket_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, done.error));
    co_return done;
  }

  asio::awaitable<Transfer> do_write(asio::const_buffer head, asio::const_buffer rest, bool more) override {
    const std::array<asio::const_buffer, 2> buffers{head, rest};
    Transfer done;
    done.bytes = co_await socket_.async_send(buffers, more ? MSG_MORE : 0,
                                             asio::redirect_error(asio::use_awaitable, done.error));
    co_return done;
  }

  asio::awaitable<void> do_finish_writing() override {
    error_code ignored;  // it has gone already
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    co_return;
  }

  Socket socket_;
};

class TlsConnection final : public Connection {
 public:
  TlsConnection(Socket socket, asio::ssl::context& context)
      : Connection(socket.get_executor(), name_of_peer(socket)), stream_(std::move(socket), context) {}

  bool more_at_hand() override {
    error_code error;
    return SSL_pending(stream_.native_handle()) > 0 || stream_.next_layer().available(error) > 0;
  }
  bool is_plain() const override { return false; }
  Socket& socket() override { return stream_.next_layer(); }

 private:
  asio::awaitable<error_code> do_handshake() override {
    error_code error;
    co_await stream_.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
    co_return error;
  }

  asio::awaitable<Transfer> do_read(asio::mutable_buffer buffer) override {
    Transfer done;
    done.bytes = co_await stream_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, done.error));
    co_return done;
  }

  asio::awaitable<Transfer> do_write(asio::const_buffer head, asio::const_buffer rest, bool) override {
    Transfer done;
    const asio::const_buffer next = head.size() > 0 ? head : rest;
    done.bytes = co_await stream_.async_write_some(next, asio::redirect_error(asio::use_awaitable, done.error));
    co_return done;
  }

  // Sends close_notify, then waits for the other side's; what it sends instead ends the wait.
  asio::awaitable<void> do_finish_writing() override {
    error_code ignored;
    co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
    socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  asio::ssl::stream<Socket> stream_;
};

}  // namespace

std::unique_ptr<Connection> Connection::plain(Socket socket) {
  return std::make_unique<PlainConnection>(std::move(socket));
}

std::unique_ptr<Connection> Connection::tls(Socket socket, asio::ssl::context& context) {
  return std::make_unique<TlsConnection>(std::move(socket), context);
}

Connection::Connection(const asio::any_io_executor& executor, std::string peer)
    : deadline_(executor,
                [this] {
                  error_code ignored;
                  socket().cancel(ignored);
                }),
      peer_(std::move(peer)) {}

asio::awaitable<error_code> Connection::handshake(Duration patience) {
  deadline_.start(patience);
  const error_code error = co_await do_handshake();
  co_return settle(error);
}

asio::awaitable<Transfer> Connection::read(asio::mutable_buffer buffer, Duration patience) {
  deadline_.start(patience);
  Transfer done = co_await do_read(buffer);
  done.error = settle(done.error);
  co_return done;
}

asio::awaitable<Transfer> Connection::write(asio::const_buffer head, asio::const_buffer rest, bool more,
                                            Duration patience) {
  deadline_.start(patience);
  Transfer done = co_await do_write(head, rest, more);
  done.error = settle(done.error);
  co_return done;
}

asio::awaitable<error_code> Connection::wait(Socket::wait_type what, Duration patience) {
  deadline_.start(patience);
  error_code error;
  co_await socket().async_wait(what, asio::redirect_error(asio::use_awaitable, error));
  co_return settle(error);
}

asio::awaitable<void> Connection::finish_writing(Duration patience) {
  deadline_.start(patience);
  co_await do_finish_writing();
  deadline_.stop();
}

void Connection::cut() {
  error_code ignored;  // it may have gone already
  socket().shutdown(Socket::shutdown_both, ignored);
  socket().cancel(ignored);
}

error_code Connection::settle(error_code error) {
  deadline_.stop();
  if (error && deadline_.expired()) return asio::error::timed_out;
  return error;
}

}  // namespace lakegate::http
