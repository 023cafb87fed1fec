// sink: the least that taking an upload costs. An HTTP server, a thread per connection, that splices each body into a
// file, calls fdatasync (and fsync of the folder for a new file) and answers 200. It knows no batch and no ledger.
// `--keep no` throws the bytes away: the most that the load generator can send.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tools.h"

namespace lakegate::bench {
namespace {

constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr size_t pipe_bytes = 1 << 20;

void check(bool fine, std::string_view what) {
  if (!fine) throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

int64_t number_after(std::string_view head, std::string_view name) {
  int64_t number = 0;
  const size_t at = head.find(name);
  if (at != std::string_view::npos) std::from_chars(head.data() + at + name.size(), head.data() + head.size(), number);
  return number;
}

// Files by URL path, so that the parts of one meet.
class Files {
 public:
  Files(std::string folder, bool keep) : folder_(std::move(folder)), keep_(keep) {
    folder_descriptor_ = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    check(folder_descriptor_ >= 0, folder_);
  }

  // Returns the descriptor; `fresh` says whether the folder gained an entry.
  int open(const std::string& path, bool& fresh) {
    if (!keep_) return ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    const std::scoped_lock lock(mutex_);
    const auto [entry, is_new] = names_.try_emplace(path, fmt::format("{}/sink-{}", folder_, names_.size()));
    fresh = is_new;
    const int file = ::open(entry->second.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    check(file >= 0, entry->second);
    return file;
  }

  void make_durable(int file, bool fresh) const {
    if (!keep_) return;
    check(::fdatasync(file) == 0, "fdatasync");
    if (fresh) check(::fsync(folder_descriptor_) == 0, "fsync");
  }

 private:
  const std::string folder_;
  const bool keep_;
  int folder_descriptor_ = -1;
  std::mutex mutex_;
  std::map<std::string, std::string> names_;
};

struct Pipe {
  Pipe() {
    check(::pipe2(ends, O_CLOEXEC) == 0, "pipe");
    ::fcntl(ends[1], F_SETPIPE_SZ, pipe_bytes);
  }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  int ends[2] = {-1, -1};
};

// False: the client went away within the body.
bool splice_body(int socket, int file, loff_t offset, int64_t left, bool seekable) {
  thread_local Pipe pipe;
  while (left > 0) {
    const ssize_t in = ::splice(socket, nullptr, pipe.ends[1], nullptr,
                                static_cast<size_t>(std::min<int64_t>(left, pipe_bytes)), SPLICE_F_MOVE);
    if (in == 0 || (in < 0 && errno == ECONNRESET)) return false;
    check(in > 0, "splice from the socket");
    for (ssize_t moved = 0; moved < in;) {
      const ssize_t out = ::splice(pipe.ends[0], nullptr, file, seekable ? &offset : nullptr,
                                   static_cast<size_t>(in - moved), SPLICE_F_MOVE);
      check(out > 0, "splice to the file");
      moved += out;
    }
    left -= in;
  }
  return true;
}

// The head of a request out of the socket, and not a byte more. Empty: the client is gone.
std::string read_head(int socket) {
  char buffer[16 << 10];
  for (;;) {
    const ssize_t seen = ::recv(socket, buffer, sizeof buffer, MSG_PEEK);
    if (seen <= 0) return {};
    const std::string_view text(buffer, static_cast<size_t>(seen));
    const size_t end = text.find("\r\n\r\n");
    const size_t take = end == std::string_view::npos ? 0 : end + 4;
    if (take == 0 && text.size() == sizeof buffer) return {};
    if (take == 0) continue;
    check(::recv(socket, buffer, take, 0) == static_cast<ssize_t>(take), "recv");
    return {buffer, take};
  }
}

void serve(int socket, Files& files, bool keep) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  try {
    for (std::string head = read_head(socket); !head.empty(); head = read_head(socket)) {
      const size_t path_begin = head.find(' ') + 1;
      const std::string path = head.substr(path_begin, head.find(' ', path_begin) - path_begin);
      bool fresh = false;
      const int file = files.open(path, fresh);
      const bool whole = splice_body(socket, file, number_after(head, "Content-Range: bytes "),
                                     number_after(head, "Content-Length: "), keep);
      if (whole) files.make_durable(file, fresh);
      ::close(file);
      if (!whole) break;
      check(::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) > 0, "send");
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lakegate-bench sink: %s\n", error.what());
  }
  ::close(socket);
}

}  // namespace

int run_sink(const Options& options) {
  const bool keep = options.text_or("keep", "yes") == "yes";
  Files files(options.text("folder"), keep);
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(::bind(listener, reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0, "bind");
  check(::listen(listener, 128) == 0, "listen");
  socklen_t length = sizeof here;
  check(::getsockname(listener, reinterpret_cast<sockaddr*>(&here), &length) == 0, "getsockname");
  fmt::print("{{\"url\":\"http://127.0.0.1:{}\"}}\n", ntohs(here.sin_port));
  std::fflush(stdout);
  for (;;) {
    const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    check(socket >= 0, "accept");
    std::thread(serve, socket, std::ref(files), keep).detach();
  }
}

}  // namespace lakegate::bench
