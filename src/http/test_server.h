// For tests: a real server on a free port of the loopback, with routes that show what the transport does.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/error_codes.h"
#include "http/run_on.h"
#include "http/server.h"
#include "model/error_codes.h"

namespace lakegate::http {

// Until `condition` holds; gives up, and fails, after a long time.
template <class Condition>
bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

inline Settings test_settings() {
  Settings settings;
  settings.port = 0;
  settings.access_log = false;
  settings.shutdown_grace = std::chrono::milliseconds(5000);
  return settings;
}

inline std::string read_back(int file, int64_t bytes) {
  std::string text(static_cast<size_t>(bytes), '\0');
  const ssize_t got = ::pread(file, text.data(), text.size(), 0);
  text.resize(got < 0 ? 0 : static_cast<size_t>(got));
  return text;
}

class TestServer : public RequestObserver {
 public:
  explicit TestServer(Settings settings = test_settings(), size_t pool_threads = 4, size_t queued_max = 1000)
      : pool_(pool_threads, queued_max) {
    add_routes();
    auto started = Server::start(std::move(settings), {router_, pool_, clock_, random_, render_, this});
    if (!started) throw std::runtime_error(started.error().message);
    server_ = std::move(*started);
  }

  Server& server() { return *server_; }
  uint16_t port() const { return server_->port(); }
  WorkerPool& pool() { return pool_; }

  // What the last upload stored, and the error it ended with.
  std::string stored() {
    const std::lock_guard lock(mutex_);
    return stored_;
  }
  std::string upload_error() {
    const std::lock_guard lock(mutex_);
    return upload_error_;
  }

  // POST /wait answers when this was called.
  void release() { released_.count_down(); }
  int waiting() const { return waiting_; }
  int uploads_running() const { return uploads_running_; }

  // Of all streamed answers.
  int64_t pieces_made() const { return pieces_made_; }

  // "PUT /upload/{way} 200" for each finished request.
  std::vector<std::string> finished() {
    const std::lock_guard lock(mutex_);
    return finished_;
  }

  void request_finished(const FinishedRequest& request) override {
    const std::lock_guard lock(mutex_);
    finished_.push_back(fmt::format("{} {} {} in={} out={}", request.method, request.route, request.status,
                                    request.body_bytes_in, request.body_bytes_out));
  }

 private:
  class Pieces final : public BodySource {
   public:
    Pieces(std::atomic<int64_t>& made, int64_t count, bool breaks) : made_(made), count_(count), breaks_(breaks) {}
    asio::awaitable<std::string> next() override {
      if (next_ == count_ && breaks_) throw std::runtime_error("on purpose");
      if (next_ == count_) co_return std::string();
      ++made_;
      const std::string number = std::to_string(next_++) + " ";
      co_return count_ > 1000 ? number + std::string(100'000, 'x') : number;
    }

   private:
    std::atomic<int64_t>& made_;
    const int64_t count_;
    const bool breaks_;
    int64_t next_ = 0;
  };

  static Response render_error(const Error& error, const Request& request) {
    const std::string id(error.code->id);
    Response response = Response::text(std::stoi(id.substr(id.rfind('-') + 1)), "text/plain", id + " " + error.message);
    response.headers.add("instance", request.id);
    return response;
  }

  void add_routes() {
    router_.add("GET", "/hello/{name}", [](const Request& request) {
      return Response::text(200, "text/plain", "hello " + request.path_parameter("name"));
    });
    router_.add("GET", "/rest/{path...}", [](const Request& request) {
      return Response::text(200, "text/plain", request.path_parameter("path"));
    });
    router_.add("POST", "/echo",
                [](const Request& request) { return Response::text(200, "text/plain", request.body); });
    router_.add("POST", "/header/{name}", [](const Request& request) {
      return Response::text(200, "text/plain",
                            std::string(request.header(request.path_parameter("name")).value_or("absent")));
    });
    router_.add("GET", "/empty", [](const Request&) { return Response::empty(204); });
    router_.add("GET", "/inject", [](const Request&) {
      Response response = Response::empty(200);
      response.headers.add("location", "a\r\nx-evil: b");
      response.headers.add("content-length", "99");
      return response;
    });
    router_.add("GET", "/throws", [](const Request&) -> Response { throw std::runtime_error("on purpose"); });
    router_.add("GET", "/origin",
                [](const Request& request) { return Response::text(200, "text/plain", request.origin()); });
    router_.add("GET", "/close", [](const Request&) {
      Response response = Response::text(200, "text/plain", "bye");
      response.close = true;
      return response;
    });
    router_.add("GET", "/file/{bytes}",
                [](const Request& request) { return file_of(std::stoll(request.path_parameter("bytes"))); });
    router_.add("POST", "/wait", [this](const Request&) {
      ++waiting_;
      released_.wait();
      return Response::text(200, "text/plain", "released");
    });
    router_.add_stream("PUT", "/upload/{way}",
                       [this](Request& request, BodyStream& body) { return upload(request, body); });
    // Pieces "0 ", "1 ", …; breaks where `pieces` is "broken".
    router_.add_stream("GET", "/stream/{pieces}", [this](Request& request, BodyStream&) -> asio::awaitable<Response> {
      const std::string& pieces = request.path_parameter("pieces");
      const bool breaks = pieces == "broken";
      co_return Response::stream(200, "text/plain",
                                 std::make_unique<Pieces>(pieces_made_, breaks ? 2 : std::stoll(pieces), breaks));
    });
    router_.add_stream("PUT", "/refuse", [](Request&, BodyStream&) -> asio::awaitable<Response> {
      co_return Response::text(409, "text/plain", "not now");
    });
  }

  // Bytes that repeat with a period that is no power of two, behind ten others.
  static Response file_of(int64_t bytes) {
    FileDescriptor file(::memfd_create("answer", MFD_CLOEXEC));
    std::string text = "0123456789";
    for (int64_t i = 0; i < bytes; ++i) text += static_cast<char>('a' + i % 23);
    EXPECT_EQ(::pwrite(file.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    return Response::file(200, "application/octet-stream", {std::move(file), 10, bytes});
  }

  // way: "splice", "splice_in_parts", "read", "limited" (to 1000 bytes).
  asio::awaitable<Response> upload(Request& request, BodyStream& body) {
    const std::string way = request.path_parameter("way");
    const FileDescriptor file(::memfd_create("upload", MFD_CLOEXEC));
    ++uploads_running_;
    if (way == "limited") body.limit_to(1000, {&codes::part_too_large, "over 1000"});
    Result<int64_t> stored = 0;
    if (way == "read") {
      stored = co_await read_into(file.get(), body);
    } else {
      stored = co_await splice_into(file.get(), body, way == "splice_in_parts" ? 70'001 : int64_t{1} << 40);
    }
    --uploads_running_;
    const std::lock_guard lock(mutex_);
    stored_ = read_back(file.get(), body.received());
    upload_error_ = stored ? "" : stored.error().code->id;
    if (!stored) co_return render_error(stored.error(), request);
    co_return Response::text(200, "text/plain", std::to_string(*stored));
  }

  static asio::awaitable<Result<int64_t>> splice_into(int file, BodyStream& body, int64_t part_bytes) {
    int64_t total = 0;
    while (true) {
      LG_CO_ASSIGN(const int64_t moved, co_await body.splice_to(file, total, part_bytes));
      total += moved;
      if (moved < part_bytes) co_return total;
    }
  }

  static asio::awaitable<Result<int64_t>> read_into(int file, BodyStream& body) {
    std::vector<std::byte> buffer(1000);
    int64_t total = 0;
    while (true) {
      LG_CO_ASSIGN(const size_t got, co_await body.read(buffer));
      if (got == 0) co_return total;
      EXPECT_EQ(::pwrite(file, buffer.data(), got, total), static_cast<ssize_t>(got));
      total += static_cast<int64_t>(got);
    }
  }

  Router router_;
  WorkerPool pool_;
  SystemClock clock_;
  SystemRandom random_;
  RenderError render_ = render_error;
  std::latch released_{1};
  std::atomic<int> waiting_ = 0;
  std::atomic<int> uploads_running_ = 0;
  std::atomic<int64_t> pieces_made_ = 0;
  std::mutex mutex_;
  std::string stored_;                 // guarded by mutex_
  std::string upload_error_;           // guarded by mutex_
  std::vector<std::string> finished_;  // guarded by mutex_
  std::unique_ptr<Server> server_;     // ends first
};

}  // namespace lakegate::http
