#include "http/session.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "http/request_head.h"
#include "model/error_codes.h"

namespace lakegate::http {
namespace {

using std::chrono::steady_clock;

// When nothing more is expected of the client than that it closes, too.
constexpr std::chrono::seconds farewell_patience{2};

// Throws away what has arrived, without copying it (Linux: MSG_TRUNC on TCP). Whether more may come.
bool discard_arrived(int socket) {
  constexpr size_t bytes_a_call = 1 << 20;
  constexpr int calls_a_turn = 16;
  for (int i = 0; i < calls_a_turn; ++i) {
    const ssize_t got = ::recv(socket, nullptr, bytes_a_call, MSG_TRUNC | MSG_DONTWAIT);
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  }
  return true;
}

}  // namespace

asio::awaitable<void> Session::run() {
  if (shared_.stopping) co_return;
  const error_code error = co_await connection_->handshake(shared_.settings.header_timeout);
  if (error) co_return;
  Afterwards afterwards = Afterwards::next_request;
  while (afterwards == Afterwards::next_request) {  // GCC 12 evaluates a co_await behind && always
    const bool came = co_await wait_for_request();
    if (!came) break;
    afterwards = co_await serve_one();
  }
  if (afterwards == Afterwards::close_after_rest) co_await linger(shared_.settings.linger_timeout);
  if (afterwards == Afterwards::close) co_await linger(farewell_patience);
}

asio::awaitable<bool> Session::wait_for_request() {
  if (shared_.stopping) co_return false;
  if (!buffer_.empty()) co_return true;
  idle_ = true;
  const Transfer done = co_await connection_->read(buffer_.room(), shared_.settings.idle_timeout);
  idle_ = false;
  if (done.error) co_return false;
  buffer_.added(done.bytes);
  co_return true;
}

asio::awaitable<Afterwards> Session::serve_one() {
  Exchange exchange(shared_, *connection_, buffer_);
  const Head head = co_await read_head();
  if (head.refused) co_return co_await exchange.refuse(*head.refused);
  if (head.bytes == 0) co_return Afterwards::broken;
  const auto framing = parse_head(buffer_.bytes().first(head.bytes), shared_.settings, exchange.request());
  buffer_.consume(head.bytes);
  buffer_.shrink();
  if (!framing) co_return co_await exchange.refuse(framing.error());
  if (refuse_) {
    const Error too_many{&codes::overloaded, "The server has as many connections as it takes; try again in a moment.",
                         std::chrono::seconds(1)};
    co_return co_await exchange.refuse(too_many);
  }
  co_return co_await exchange.answer(*framing);
}

asio::awaitable<Session::Head> Session::read_head() {
  const auto give_up = steady_clock::now() + shared_.settings.header_timeout;
  size_t searched = 0;
  while (true) {
    if (std::optional<Head> found = look_for_end(searched)) co_return std::move(*found);
    const Transfer done = co_await connection_->read(buffer_.room(), give_up - steady_clock::now());
    if (done.error == asio::error::timed_out) {
      co_return Head{0, Error{&codes::request_timeout, fmt::format("The request's header did not arrive within {} ms.",
                                                                   shared_.settings.header_timeout.count())}};
    }
    if (done.error) co_return Head();
    buffer_.added(done.bytes);
  }
}

// None: more bytes are needed. `searched` bytes were looked at before.
std::optional<Session::Head> Session::look_for_end(size_t& searched) {
  while (searched == 0 && buffer_.view().starts_with("\r\n")) buffer_.consume(2);  // RFC 9112 section 2.2
  const std::string_view view = buffer_.view();
  const size_t limit = shared_.settings.header_bytes_max;
  for (size_t at = view.find('\n', searched); at != std::string_view::npos; at = view.find('\n', at + 1)) {
    if (at == 0 || view[at - 1] != '\r') {
      return Head{0,
                  Error{&codes::malformed_request, "A line of the header ends with LF alone; lines end with CR LF."}};
    }
    if (at >= 3 && view.substr(at - 3, 3) == "\r\n\r") {
      if (at >= limit) break;
      return Head{at + 1, std::nullopt};
    }
  }
  searched = view.size();
  if (view.size() >= limit) return Head{0, describe_long_head(view, shared_.settings)};
  return std::nullopt;
}

asio::awaitable<void> Session::linger(steady_clock::duration patience) {
  if (shared_.stopping) patience = std::min<steady_clock::duration>(patience, farewell_patience);
  const auto end = steady_clock::now() + patience;
  co_await connection_->finish_writing(std::min<steady_clock::duration>(patience, farewell_patience));
  bool more = true;
  while (more && steady_clock::now() < end) {
    const error_code error = co_await connection_->wait(Connection::Socket::wait_read, end - steady_clock::now());
    more = !error && discard_arrived(connection_->socket().native_handle());
  }
}

}  // namespace lakegate::http
