// floor: the least that keeping a file costs. Each client writes copies of one file: write, fdatasync, fsync of the
// folder, then the next.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "connection.h"
#include "tools.h"

namespace lakegate::bench {
namespace {

void check(bool fine, std::string_view what) {
  if (!fine) throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

void keep(const std::string& folder, int folder_descriptor, int64_t number, const std::string& bytes) {
  const std::string path = fmt::format("{}/floor-{}", folder, number);
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  check(file >= 0, path);
  check(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "write");
  check(::fdatasync(file) == 0, "fdatasync");
  ::close(file);
  check(::fsync(folder_descriptor) == 0, "fsync");
}

}  // namespace

int run_floor(const Options& options) {
  const std::string folder = options.text("folder");
  const std::string bytes = read_file(options.text("file"));
  const auto clients = static_cast<size_t>(options.number("clients"));
  const int64_t files = options.number("files");
  std::atomic<int64_t> next = 0;
  std::vector<std::vector<int64_t>> latencies(clients);
  const int folder_descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  check(folder_descriptor >= 0, folder);
  const int64_t began = now_ns();
  {
    std::vector<std::jthread> threads;
    for (std::vector<int64_t>& own : latencies) {
      threads.emplace_back([&] {
        for (int64_t number = next++; number < files; number = next++) {
          const int64_t start = now_ns();
          keep(folder, folder_descriptor, number, bytes);
          own.push_back((now_ns() - start) / 1000);
        }
      });
    }
  }
  const double seconds = static_cast<double>(now_ns() - began) * 1e-9;
  for (int64_t number = 0; number < files; ++number) ::unlink(fmt::format("{}/floor-{}", folder, number).c_str());
  std::vector<int64_t> all;
  for (const std::vector<int64_t>& own : latencies) all.insert(all.end(), own.begin(), own.end());
  fmt::print("{{\"seconds\":{:.6f},\"latencies_us\":{}}}\n", seconds, json_array(all));
  return 0;
}

}  // namespace lakegate::bench
