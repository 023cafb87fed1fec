// Settings of the transport: every limit and every patience.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace lakegate::http {

struct Settings {
  std::string address = "127.0.0.1";  // an IP address, or a name that has one here
  uint16_t port = 8080;               // 0: any free one
  size_t network_threads = 2;
  size_t connections_max = 4096;  // more are answered with 503

  // PEM. Both or none; with both the port speaks TLS 1.2 or later only.
  std::string tls_certificate_file;  // the server's first, then its chain
  std::string tls_key_file;

  size_t header_bytes_max = 16 * 1024;   // request line and header; more: 431, or 414 if the line alone is too long
  size_t target_bytes_max = 2000;        // more: 414
  int64_t body_bytes_max = 16 << 20;     // for a Handler, held in memory; more: 413
  int64_t bodies_bytes_max = 256 << 20;  // all bodies held in memory together; more: 503
  int64_t streamed_body_bytes_max = int64_t{1} << 40;  // unless the StreamHandler sets another; more: 413
  int64_t unread_body_bytes_max = 64 * 1024;           // a rest up to this is read away to keep the connection

  std::chrono::milliseconds idle_timeout{75'000};    // between requests
  std::chrono::milliseconds header_timeout{20'000};  // from a request's first byte to its last header; TLS handshake
  // A body, or an answer on its way out, must move `progress_bytes_min` in every `progress_interval` that is spent
  // waiting for the client.
  std::chrono::milliseconds progress_interval{30'000};
  int64_t progress_bytes_min = 16;
  // After an answer that ends the connection, bytes that the client still sends are thrown away for so long, so
  // that it gets to read the answer.
  std::chrono::milliseconds linger_timeout{15'000};
  std::chrono::milliseconds shutdown_grace{10'000};  // for running requests when the server stops

  bool access_log = true;  // one line a request
};

}  // namespace lakegate::http
