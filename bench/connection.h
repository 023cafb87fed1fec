// Connection: one HTTP/1.1 client connection that stays open. Bodies of files go out by sendfile, so that the client
// costs little beside the server it measures.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lakegate::bench {

struct Address {
  std::string host;
  uint16_t port = 0;
};

// "http://127.0.0.1:8080"; throws std::runtime_error.
Address parse_address(std::string_view url);

struct FilePart {
  std::string path;  // empty: no body
  int64_t offset = 0;
  int64_t length = 0;
};

struct Answer {
  int status = 0;
  std::string body;
  int64_t last_byte_at = 0;  // when the request's last byte was handed to the system; nanoseconds of CLOCK_MONOTONIC
  int64_t answered_at = 0;
};

int64_t now_ns();

// Of one thread. Errors throw std::runtime_error.
class Connection {
 public:
  // `headers`: lines, each with its \r\n, sent with every request.
  Connection(Address address, std::string headers);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Answer send(std::string_view method, std::string_view path, std::string_view more_headers, const FilePart& part);
  Answer send(std::string_view method, std::string_view path, std::string_view more_headers, std::string_view body);

 private:
  void connect();
  void write(std::string_view bytes);
  void write_file(const FilePart& part);
  std::string head(std::string_view method, std::string_view path, std::string_view more_headers, int64_t length) const;
  Answer read_answer(int64_t last_byte_at);

  const Address address_;
  const std::string headers_;
  int socket_ = -1;
};

}  // namespace lakegate::bench
