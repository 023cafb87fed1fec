#include "http/response_writer.h"

#include <boost/beast/http/status.hpp>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/progress_meter.h"
#include "http/run_on.h"
#include "http/splice.h"

namespace lakegate::http {
namespace {

constexpr size_t copy_bytes = 64 * 1024;

bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

bool is_ours(std::string_view name) {
  constexpr std::array<std::string_view, 5> ours = {"content-length", "connection", "date", "x-request-id",
                                                    "transfer-encoding"};
  return std::ranges::any_of(ours, [&](std::string_view own) { return equal_ignoring_case(name, own); });
}

// A name that a client chose may stand in a header of ours; it must not be able to end the line.
std::string on_one_line(std::string value) {
  std::ranges::replace_if(value, [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; }, ' ');
  return value;
}

}  // namespace

std::string render_date(Millis now) {
  const std::time_t seconds = now / 1000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[static_cast<size_t>(utc.tm_wday)], utc.tm_mday,
                     months[static_cast<size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::string render_head(const Response& response, const Request& request, bool keep_alive, Millis now) {
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(response.status)));
  std::string head = fmt::format("HTTP/1.1 {} {}\r\ndate: {}\r\nx-request-id: {}\r\nconnection: {}\r\n",
                                 response.status, std::string_view(reason.data(), reason.size()), render_date(now),
                                 request.id, keep_alive ? "keep-alive" : "close");
  if (!has_no_body(response.status)) {
    const std::optional<int64_t> length = response.body_bytes();
    if (length) head += fmt::format("content-length: {}\r\n", *length);
    if (!length && request.http_1_1) head += "transfer-encoding: chunked\r\n";
  }
  for (const Header& field : response.headers) {
    if (!is_ours(field.name)) head += fmt::format("{}: {}\r\n", field.name, on_one_line(field.value));
  }
  head += "\r\n";
  return head;
}

asio::awaitable<Written> ResponseWriter::write(const Request& request, const Response& response, bool keep_alive,
                                               Millis now) {
  const std::string head = render_head(response, request, keep_alive, now);
  const asio::const_buffer head_bytes(head.data(), head.size());
  Written written;
  const bool body_stays_here = request.method == "HEAD" || has_no_body(response.status);
  if (body_stays_here || response.body_bytes() == 0) {
    written.complete = co_await write_bytes(head_bytes, asio::const_buffer(), false);
    co_return written;
  }
  if (const auto* source = std::get_if<std::unique_ptr<BodySource>>(&response.body)) {
    if (!co_await write_bytes(head_bytes, asio::const_buffer(), false)) co_return written;
    co_return co_await send_stream(**source, request.http_1_1);
  }
  if (const auto* slice = std::get_if<FileSlice>(&response.body)) {
    if (!co_await write_bytes(head_bytes, asio::const_buffer(), true)) co_return written;
    if (connection_.is_plain()) co_return co_await send_file(*slice);
    co_return co_await copy_file(*slice);
  }
  const auto& text = std::get<std::string>(response.body);
  written.complete = co_await write_bytes(head_bytes, asio::const_buffer(text.data(), text.size()), false);
  if (written.complete) written.body_bytes = static_cast<int64_t>(text.size());
  co_return written;
}

asio::awaitable<bool> ResponseWriter::write_bytes(asio::const_buffer head, asio::const_buffer rest, bool more) {
  ProgressMeter meter(settings_.progress_interval, settings_.progress_bytes_min);
  while (head.size() + rest.size() > 0) {
    const auto start = std::chrono::steady_clock::now();
    const Transfer sent = co_await connection_.write(head, rest, more, meter.patience());
    meter.waited(std::chrono::steady_clock::now() - start, static_cast<int64_t>(sent.bytes));
    if (sent.error) co_return false;
    const size_t of_head = std::min(sent.bytes, head.size());
    head += of_head;
    rest += sent.bytes - of_head;
  }
  co_return true;
}

asio::awaitable<Written> ResponseWriter::send_stream(BodySource& source, bool chunked) {
  Written written;
  while (true) {
    const std::string piece = co_await source.next();
    // Of a chunk the size before it and the line's end behind it (RFC 9112 section 7.1); the last one is empty.
    const std::string text = chunked ? fmt::format("{:x}\r\n{}\r\n", piece.size(), piece) : std::string();
    const std::string_view bytes = chunked ? std::string_view(text) : std::string_view(piece);
    if (!co_await write_bytes(asio::const_buffer(bytes.data(), bytes.size()), asio::const_buffer(), false)) {
      co_return written;
    }
    written.body_bytes += static_cast<int64_t>(piece.size());
    if (piece.empty()) break;
  }
  written.complete = true;
  co_return written;
}

asio::awaitable<Written> ResponseWriter::send_file(const FileSlice& slice) {
  ProgressMeter meter(settings_.progress_interval, settings_.progress_bytes_min);
  const int socket = connection_.socket().native_handle();
  Written written;
  while (written.body_bytes < slice.length) {
    const MoveStep step = co_await run_on(pool_, [&] {
      return send_from_file(socket, slice.file.get(), slice.offset + written.body_bytes,
                            slice.length - written.body_bytes);
    });
    written.body_bytes += step.bytes;
    meter.waited({}, step.bytes);
    if (step.stop == MoveStep::Stop::done) continue;
    if (step.stop != MoveStep::Stop::would_block) co_return written;
    const auto start = std::chrono::steady_clock::now();
    const error_code error = co_await connection_.wait(Connection::Socket::wait_write, meter.patience());
    meter.waited(std::chrono::steady_clock::now() - start, 0);
    if (error) co_return written;
  }
  written.complete = true;
  co_return written;
}

asio::awaitable<Written> ResponseWriter::copy_file(const FileSlice& slice) {
  std::vector<char> buffer(copy_bytes);
  Written written;
  while (written.body_bytes < slice.length) {
    const auto wanted = static_cast<size_t>(std::min<int64_t>(copy_bytes, slice.length - written.body_bytes));
    const ssize_t got = co_await run_on(
        pool_, [&] { return ::pread(slice.file.get(), buffer.data(), wanted, slice.offset + written.body_bytes); });
    if (got <= 0) co_return written;
    const asio::const_buffer bytes(buffer.data(), static_cast<size_t>(got));
    if (!co_await write_bytes(bytes, asio::const_buffer(), true)) co_return written;
    written.body_bytes += got;
  }
  written.complete = true;
  co_return written;
}

}  // namespace lakegate::http
