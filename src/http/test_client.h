// For tests: a client that says exactly what it is told to, and a server to say it to.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/file_descriptor.h"
#include "http/headers.h"

namespace lakegate::http {

struct Answer {
  int status = 0;  // 0: none came
  Headers headers;
  std::string body;
};

// Waits at most some seconds for anything, so that a failing test ends.
class TestClient {
 public:
  explicit TestClient(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{20, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    const int one = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }

  int descriptor() const { return socket_.get(); }

  // Whether the other side took it all.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  void finish_sending() { ::shutdown(socket_.get(), SHUT_WR); }

  // The next answer, interim ones included; status 0 at the end of the connection.
  Answer receive(bool to_head = false) {
    Answer answer;
    while (received_.find("\r\n\r\n") == std::string::npos) {
      if (!receive_more()) return answer;
    }
    const size_t end = received_.find("\r\n\r\n");
    read_head(received_.substr(0, end + 2), answer);
    received_.erase(0, end + 4);
    size_t length = 0;
    if (const auto text = answer.headers.find("content-length"); text && !to_head) {
      std::from_chars(text->data(), text->data() + text->size(), length);
    }
    while (received_.size() < length) {
      if (!receive_more()) break;
    }
    answer.body = received_.substr(0, length);
    received_.erase(0, answer.body.size());
    return answer;
  }

  Answer ask(std::string_view text) {
    send(text);
    return receive(text.starts_with("HEAD "));
  }

  // All bytes until the server ends the connection.
  std::string receive_rest() {
    while (receive_more()) {
    }
    return std::exchange(received_, {});
  }

  // Whether the server ended the connection in an orderly way, with nothing left to read.
  bool at_end() { return received_.empty() && !receive_more() && last_ == 0; }

 private:
  bool receive_more() {
    char buffer[16 * 1024];
    last_ = ::recv(socket_.get(), buffer, sizeof(buffer), 0);
    if (last_ > 0) received_.append(buffer, static_cast<size_t>(last_));
    return last_ > 0;
  }

  static void read_head(std::string_view head, Answer& answer) {
    const size_t blank = head.find(' ');
    std::from_chars(head.data() + blank + 1, head.data() + head.size(), answer.status);
    head.remove_prefix(head.find("\r\n") + 2);
    while (!head.empty()) {
      const std::string_view line = head.substr(0, head.find("\r\n"));
      const size_t colon = line.find(':');
      answer.headers.add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
      head.remove_prefix(line.size() + 2);
    }
  }

  FileDescriptor socket_;
  std::string received_;
  ssize_t last_ = 1;
};

}  // namespace lakegate::http
