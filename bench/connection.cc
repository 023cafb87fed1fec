#include "connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <stdexcept>

namespace lakegate::bench {
namespace {

[[noreturn]] void fail(std::string_view what) {
  throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

std::string lower(std::string_view text) {
  std::string made(text);
  std::ranges::transform(made, made.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return made;
}

// A header's value within a head that is lower case already; empty when it is not there.
std::string_view value_of(std::string_view head, std::string_view name) {
  const size_t at = head.find(fmt::format("\r\n{}:", name));
  if (at == std::string_view::npos) return {};
  const size_t begin = head.find_first_not_of(' ', at + name.size() + 3);
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

}  // namespace

int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

Address parse_address(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  const size_t colon = url.rfind(':');
  Address address;
  if (url.starts_with(scheme) && colon > scheme.size()) {
    address.host = url.substr(scheme.size(), colon - scheme.size());
    std::from_chars(url.data() + colon + 1, url.data() + url.size(), address.port);
  }
  if (address.port == 0) throw std::runtime_error(fmt::format("\"{}\" is not http://ADDRESS:PORT", url));
  return address;
}

Connection::Connection(Address address, std::string headers)
    : address_(std::move(address)), headers_(std::move(headers)) {
  connect();
}

Connection::~Connection() { ::close(socket_); }

void Connection::connect() {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) fail("socket");
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(address_.port);
  if (::inet_pton(AF_INET, address_.host.c_str(), &to.sin_addr) != 1) fail("address " + address_.host);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect");
}

std::string Connection::head(std::string_view method, std::string_view path, std::string_view more_headers,
                             int64_t length) const {
  return fmt::format("{} {} HTTP/1.1\r\nHost: {}:{}\r\nContent-Length: {}\r\n{}{}\r\n", method, path, address_.host,
                     address_.port, length, headers_, more_headers);
}

void Connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) fail("send");
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void Connection::write_file(const FilePart& part) {
  const int file = ::open(part.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail("open " + part.path);
  off_t offset = part.offset;
  int64_t left = part.length;
  while (left > 0) {
    const ssize_t sent = ::sendfile(socket_, file, &offset, static_cast<size_t>(std::min<int64_t>(left, 1 << 30)));
    if (sent <= 0) {
      ::close(file);
      fail("sendfile " + part.path);
    }
    left -= sent;
  }
  ::close(file);
}

Answer Connection::send(std::string_view method, std::string_view path, std::string_view more_headers,
                        const FilePart& part) {
  write(head(method, path, more_headers, part.length));
  if (!part.path.empty()) write_file(part);
  return read_answer(now_ns());
}

Answer Connection::send(std::string_view method, std::string_view path, std::string_view more_headers,
                        std::string_view body) {
  write(head(method, path, more_headers, static_cast<int64_t>(body.size())).append(body));
  return read_answer(now_ns());
}

Answer Connection::read_answer(int64_t last_byte_at) {
  std::string got;
  size_t end = std::string::npos;
  size_t length = 0;
  std::string headers;
  while (end == std::string::npos || got.size() < end + length) {
    char buffer[16 << 10];
    const ssize_t read = ::recv(socket_, buffer, sizeof buffer, 0);
    if (read < 0) fail("recv");
    if (read == 0) throw std::runtime_error("the server closed the connection within an answer");
    got.append(buffer, static_cast<size_t>(read));
    if (end != std::string::npos) continue;
    const size_t found = got.find("\r\n\r\n");
    if (found == std::string::npos) continue;
    end = found + 4;
    headers = lower(std::string_view(got).substr(0, found + 2));
    const std::string_view stated = value_of(headers, "content-length");
    std::from_chars(stated.data(), stated.data() + stated.size(), length);
    if (!value_of(headers, "transfer-encoding").empty()) throw std::runtime_error("a chunked answer is not expected");
  }
  Answer answer{.status = 0, .body = got.substr(end), .last_byte_at = last_byte_at, .answered_at = now_ns()};
  std::from_chars(got.data() + std::min<size_t>(9, got.size()), got.data() + got.size(), answer.status);
  if (value_of(headers, "connection") == "close") {
    ::close(socket_);
    connect();
  }
  return answer;
}

}  // namespace lakegate::bench
