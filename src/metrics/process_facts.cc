#include "metrics/process_facts.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace lakegate::metrics {
namespace {

// proc(5), /proc/PID/stat. Fields are counted from 1; behind the name, which may hold blanks, the third one follows.
struct Stat {
  double user_ticks = 0;      // 14
  double system_ticks = 0;    // 15
  double threads = 0;         // 20
  double start_ticks = 0;     // 22, since the machine's start
  double virtual_bytes = 0;   // 23
  double resident_pages = 0;  // 24
};

std::optional<Stat> read_stat() {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  Stat stat;
  std::string word;
  for (int number = 3; number <= 24 && fields >> word; ++number) {
    const double value = std::strtod(word.c_str(), nullptr);
    if (number == 14) stat.user_ticks = value;
    if (number == 15) stat.system_ticks = value;
    if (number == 20) stat.threads = value;
    if (number == 22) stat.start_ticks = value;
    if (number == 23) stat.virtual_bytes = value;
    if (number == 24) stat.resident_pages = value;
  }
  return stat;
}

// When the machine started, in seconds since 1970.
std::optional<double> boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) return std::strtod(line.c_str() + 6, nullptr);
  }
  return std::nullopt;
}

std::optional<double> open_descriptors() {
  std::error_code failed;
  double count = 0;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", failed), end; !failed && entry != end;
       entry.increment(failed)) {
    ++count;
  }
  if (failed) return std::nullopt;
  return count - 1;  // the one that lists
}

void expose_stat(Exposition& out, const Stat& stat) {
  const auto ticks_a_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
  out.counter("process_cpu_seconds_total", "Processor time of the server, without its workers.",
              (stat.user_ticks + stat.system_ticks) / ticks_a_second);
  out.gauge("process_resident_memory_bytes", "Memory in use.", stat.resident_pages * page_bytes);
  out.gauge("process_virtual_memory_bytes", "Address space in use.", stat.virtual_bytes);
  out.gauge("process_threads", "Threads.", stat.threads);
  // Asked for once: a clock that is set moves the machine's start, and would look like restarts.
  static const std::optional<double> boot = boot_time();
  if (boot) {
    out.gauge("process_start_time_seconds", "When the process started, since 1970.",
              *boot + stat.start_ticks / ticks_a_second);
  }
}

}  // namespace

void expose_process(Exposition& out) {
  if (const auto stat = read_stat()) expose_stat(out, *stat);
  if (const auto count = open_descriptors()) out.gauge("process_open_fds", "Open files and sockets.", *count);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    out.gauge("process_max_fds", "Open files and sockets that are allowed.", static_cast<double>(limit.rlim_cur));
}

}  // namespace lakegate::metrics
