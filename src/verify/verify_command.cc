#include "verify/verify_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "verify/verification.h"
#include "verify/verify_output.h"

namespace lakegate::verify {
namespace {

// One line that is written over and over.
class ProgressLine {
 public:
  void show(std::string_view check, int64_t done, int64_t total) {
    const auto now = Clock::now();
    if (now - shown_ < std::chrono::milliseconds(100)) return;
    shown_ = now;
    std::string line = fmt::format("\rverify: {:8} ", check);
    if (total > 0) {
      constexpr int64_t width = 30;
      const int64_t filled = std::min(width, done * width / total);
      line += fmt::format("[{:#<{}}{:.<{}}] {:3}%", "", filled, "", width - filled,
                          std::min<int64_t>(100, done * 100 / total));
    } else {
      line += fmt::format("{}", done);
    }
    std::fputs((line + "\x1b[K").c_str(), stderr);
    std::fflush(stderr);
  }
  void clear() const {
    if (shown_ != Clock::time_point()) std::fputs("\r\x1b[K", stderr);
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point shown_;
};

}  // namespace

int run_verify(const VerifyCommand& command) {
  VerifyOptions options{.folder = command.folder, .quick = command.quick, .repair = command.repair};
  ProgressLine line;
  if (::isatty(STDERR_FILENO) == 1) {
    options.on_progress = [&](std::string_view check, int64_t done, int64_t total) { line.show(check, done, total); };
  }
  const auto report = verify(options);
  line.clear();
  if (!report) {
    std::fprintf(stderr, "lakegate: cannot verify: %s\n", report.error().message.c_str());
    return 1;
  }
  const std::string text = command.json ? to_json(*report) + "\n" : to_text(*report, command.repair);
  std::fputs(text.c_str(), stdout);
  return report->is_sound() ? 0 : damage_found;
}

}  // namespace lakegate::verify
