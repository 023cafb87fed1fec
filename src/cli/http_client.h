// HttpClient: one connection to a server, over libcurl, which no other file of this folder knows.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace lakegate::cli {

// Bytes of an open file; it stays open while the request runs.
struct FileBytes {
  int file = -1;
  int64_t offset = 0;
  int64_t length = 0;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::variant<std::monostate, std::string, FileBytes> body;
  std::function<void(int64_t)> on_sent;  // bytes of the body sent by this request so far; on the caller's thread
  // Takes the body of a 200 as it comes, which is then not in the answer.
  std::function<void(std::string_view)> on_received = {};
  // Asked about once a second; true breaks the connection off.
  std::function<bool()> stops = {};
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // at most 64 MiB
};

// Keeps its connection between requests. One thread at a time; several clients may run in parallel.
class HttpClient {
 public:
  // `ca_file`: PEM of authorities to trust instead of the system's; empty: the system's.
  explicit HttpClient(std::string ca_file);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  // Any HTTP answer is a value. `server_unreachable`: there was none, or the connection broke; the request may have had
  // its effect. `local_file`: the body's file cannot be read.
  Result<HttpAnswer> send(const HttpRequest& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// For one segment of a path or a query value: everything but letters, digits and "-._~" as %XX.
std::string percent_encode(std::string_view text);

}  // namespace lakegate::cli
