#include "http/socket_body.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error_codes.h"
#include "http/run_on.h"
#include "http/splice.h"
#include "model/error_codes.h"

namespace lakegate::http {
namespace {

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

// While a client is slow, a copied upload holds the small buffer; once it fills that, the large one.
constexpr size_t copy_bytes_at_first = 8 * 1024;
constexpr size_t copy_bytes_later = 256 * 1024;

std::optional<int64_t> length_of(const Request& request) {
  if (request.chunked) return std::nullopt;
  return request.content_length.value_or(0);
}

}  // namespace

SocketBody::SocketBody(Connection& connection, ReadBuffer& buffer, WorkerPool& pool, const Settings& settings,
                       const Request& request, const Framing& framing)
    : connection_(connection),
      buffer_(buffer),
      pool_(pool),
      length_(length_of(request)),
      continue_is_due_(framing.expects_continue && length_ != 0),
      limit_(settings.streamed_body_bytes_max),
      over_limit_{&codes::body_too_large,
                  fmt::format("The body has more than {} bytes, which is the most that is accepted.",
                              settings.streamed_body_bytes_max)},
      meter_(settings.progress_interval, settings.progress_bytes_min) {
  if (request.chunked) chunks_.emplace();
}

void SocketBody::limit_to(int64_t bytes_max, Error over) {
  limit_ = bytes_max;
  over_limit_ = std::move(over);
}

void SocketBody::cancel(Error reason) {
  if (broken_ || cancelled_) return;
  cancelled_ = std::move(reason);
  error_code ignored;  // nothing was waiting
  connection_.socket().cancel(ignored);
}

bool SocketBody::ended() const { return chunks_ ? chunks_->done() : received_ == length_; }

bool SocketBody::worth_finishing(int64_t bytes_max) const {
  // Who waits for `100 Continue` may send the body nevertheless, or not: that connection is out of step.
  if (broken_ || continue_is_due_ || chunks_) return false;
  return *length_ - received_ <= bytes_max;
}

asio::awaitable<bool> SocketBody::finish() {
  limit_ = *length_;
  std::vector<std::byte> thrown_away(copy_bytes_at_first);
  while (!ended()) {
    const Result<size_t> got = co_await read(thrown_away);
    if (!got) co_return false;
  }
  co_return true;
}

asio::awaitable<Result<size_t>> SocketBody::read(std::span<std::byte> buffer) {
  assert(!buffer.empty());
  LG_CO_TRY(co_await begin());
  if (ended()) co_return 0;
  if (chunks_) co_return co_await read_chunked(buffer);
  co_return co_await read_plain(buffer);
}

asio::awaitable<Result<int64_t>> SocketBody::splice_to(int file, int64_t offset, int64_t bytes_max) {
  LG_CO_TRY(co_await begin());
  if (chunks_ || !connection_.is_plain()) co_return co_await copy_to(file, offset, bytes_max);
  bytes_max = std::min(bytes_max, *length_ - received_);
  co_return co_await splice_socket(file, offset, bytes_max);
}

// What every read does first.
asio::awaitable<Status> SocketBody::begin() {
  if (broken_) co_return std::unexpected(*broken_);
  if (cancelled_) co_return break_off(*cancelled_);
  LG_CO_TRY(check_limit());
  if (!continue_is_due_) co_return Status();
  continue_is_due_ = false;
  if (!buffer_.empty()) co_return Status();  // it did not wait (RFC 9110 section 10.1.1)
  asio::const_buffer rest(go_on.data(), go_on.size());
  while (rest.size() > 0) {
    const Transfer sent = co_await connection_.write(rest, asio::const_buffer(), false, meter_.patience());
    if (sent.error) co_return break_off(sent.error);
    rest += sent.bytes;
  }
  co_return Status();
}

asio::awaitable<Result<size_t>> SocketBody::read_plain(std::span<std::byte> buffer) {
  const auto wanted = static_cast<size_t>(std::min<int64_t>(static_cast<int64_t>(buffer.size()), *length_ - received_));
  size_t got = std::min(wanted, buffer_.view().size());
  if (got > 0) {
    std::memcpy(buffer.data(), buffer_.view().data(), got);
    buffer_.consume(got);
  } else {
    const Transfer done = co_await receive(asio::mutable_buffer(buffer.data(), wanted));
    if (done.error) co_return break_off(done.error);
    got = done.bytes;
  }
  received_ += static_cast<int64_t>(got);
  co_return got;
}

asio::awaitable<Result<size_t>> SocketBody::read_chunked(std::span<std::byte> buffer) {
  // At the limit the body may still end; one byte more is too many.
  std::byte too_many;
  const int64_t allowed = limit_ - received_;
  std::span<std::byte> output =
      buffer.first(static_cast<size_t>(std::min<int64_t>(allowed, static_cast<int64_t>(buffer.size()))));
  if (allowed == 0) output = std::span(&too_many, 1);
  while (!chunks_->done()) {
    if (buffer_.empty()) {
      const Transfer done = co_await receive(buffer_.room());
      if (done.error) co_return break_off(done.error);
      buffer_.added(done.bytes);
    }
    const auto step = chunks_->decode(buffer_.view(), output);
    if (!step) co_return break_off(step.error());
    buffer_.consume(step->consumed);
    if (step->produced == 0) continue;
    if (allowed == 0) co_return break_off(over_limit_);
    received_ += static_cast<int64_t>(step->produced);
    co_return step->produced;
  }
  co_return 0;
}

asio::awaitable<Result<int64_t>> SocketBody::splice_socket(int file, int64_t offset, int64_t bytes_max) {
  const int socket = connection_.socket().native_handle();
  int64_t moved = 0;
  while (moved < bytes_max) {
    // What came in with the head goes first; mostly more is there by then.
    const std::span<const std::byte> held = std::as_bytes(buffer_.bytes());
    if (held.empty()) LG_CO_TRY(co_await wait_for_bytes());
    const MoveStep step =
        co_await run_on(pool_, [&] { return splice_to_file(held, socket, file, offset + moved, bytes_max - moved); });
    if (!held.empty()) {
      buffer_.consume(std::min(held.size(), static_cast<size_t>(step.bytes)));
      buffer_.shrink();
    }
    moved += step.bytes;
    received_ += step.bytes;
    meter_.waited({}, step.bytes);
    switch (step.stop) {
      case MoveStep::Stop::done:
      case MoveStep::Stop::would_block: break;
      case MoveStep::Stop::ended: co_return break_off(asio::error::eof);
      case MoveStep::Stop::socket_failed: co_return break_off(error_code(step.error, boost::system::system_category()));
      case MoveStep::Stop::file_failed: co_return disk_failed(step.error);
      case MoveStep::Stop::unsupported: {
        LG_CO_ASSIGN(const int64_t copied, co_await copy_to(file, offset + moved, bytes_max - moved));
        co_return moved + copied;
      }
    }
  }
  co_return moved;
}

asio::awaitable<Result<int64_t>> SocketBody::copy_to(int file, int64_t offset, int64_t bytes_max) {
  std::vector<std::byte> buffer(copy_bytes_at_first);
  int64_t moved = 0;
  while (moved < bytes_max) {
    LG_CO_ASSIGN(const size_t held, co_await gather(buffer, bytes_max - moved));
    if (held == 0) break;
    const auto bytes = std::span<const std::byte>(buffer).first(held);
    const int error = co_await run_on(pool_, [&] { return write_fully(file, bytes, offset + moved); });
    if (error != 0) co_return disk_failed(error);
    moved += static_cast<int64_t>(held);
    if (held == buffer.size() && held < copy_bytes_later) buffer = std::vector<std::byte>(copy_bytes_later);
  }
  co_return moved;
}

// Fills `buffer` as far as it goes without waiting a second time.
asio::awaitable<Result<size_t>> SocketBody::gather(std::vector<std::byte>& buffer, int64_t bytes_max) {
  const auto room = static_cast<size_t>(std::min<int64_t>(static_cast<int64_t>(buffer.size()), bytes_max));
  size_t held = 0;
  while (held < room && (held == 0 || !buffer_.empty() || connection_.more_at_hand())) {
    LG_CO_ASSIGN(const size_t got, co_await read(std::span(buffer).subspan(held, room - held)));
    if (got == 0) break;
    held += got;
  }
  co_return held;
}

asio::awaitable<Transfer> SocketBody::receive(asio::mutable_buffer room) {
  if (cancelled_) co_return Transfer{0, asio::error::operation_aborted};
  const auto start = std::chrono::steady_clock::now();
  Transfer done = co_await connection_.read(room, meter_.patience());
  meter_.waited(std::chrono::steady_clock::now() - start, static_cast<int64_t>(done.bytes));
  if (!done.error && meter_.stalled()) done.error = asio::error::timed_out;
  co_return done;
}

asio::awaitable<Status> SocketBody::wait_for_bytes() {
  if (cancelled_) co_return break_off(*cancelled_);
  const auto start = std::chrono::steady_clock::now();
  const error_code error = co_await connection_.wait(Connection::Socket::wait_read, meter_.patience());
  meter_.waited(std::chrono::steady_clock::now() - start, 0);
  if (error) co_return break_off(error);
  co_return Status();
}

Status SocketBody::check_limit() const {
  if (received_ > limit_ || (length_ && *length_ > limit_)) return std::unexpected(over_limit_);
  return {};
}

std::unexpected<Error> SocketBody::break_off(Error error) {
  broken_ = std::move(error);
  return std::unexpected(*broken_);
}

std::unexpected<Error> SocketBody::break_off(const error_code& error) {
  if (cancelled_) return break_off(*cancelled_);
  const std::string announced =
      length_ ? fmt::format("{} bytes were announced", *length_) : "its last chunk did not come";
  if (error == asio::error::timed_out) {
    return break_off(Error{&codes::body_stalled,
                           fmt::format("The body stalled after {} bytes; {}. Send it again.", received_, announced)});
  }
  return break_off(Error{&codes::connection_closed,
                         fmt::format("The connection ended after {} bytes of the body; {}.", received_, announced)});
}

std::unexpected<Error> SocketBody::disk_failed(int error) {
  const std::string reason = std::system_category().message(error);
  if (error == ENOSPC || error == EDQUOT) {
    return break_off(Error{&codes::no_space, fmt::format("The body could not be stored: {}.", reason)});
  }
  return break_off(Error{&codes::internal, fmt::format("The body could not be stored: {}.", reason)});
}

}  // namespace lakegate::http
