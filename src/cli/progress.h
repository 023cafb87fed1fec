// Progress of a push on standard error: bars where that is a terminal, plain lines elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

#include "cli/push_plan.h"

namespace lakegate::cli {

// Thread-safe.
class Progress {
 public:
  // `out` outlives this.
  Progress(const std::vector<PushFile>& files, std::FILE* out, bool terminal);
  ~Progress();

  // Bytes of a file that are sent, or, negative, must be sent again.
  void add(size_t file, int64_t bytes);
  void file_done(size_t file);
  // A sentence between the bars, on a line of its own.
  void say(const std::string& line);
  // Removes the bars.
  void finish();

  static bool is_terminal(std::FILE* out);

 private:
  using Clock = std::chrono::steady_clock;

  struct File {
    std::string name;
    int64_t bytes = 0;
    int64_t sent = 0;
    bool done = false;
  };

  void erase();
  void draw(bool now);
  std::string bar_line(const std::string& name, int64_t sent, int64_t bytes) const;
  std::string total_line() const;

  std::FILE* const out_;
  const bool terminal_;
  const Clock::time_point began_ = Clock::now();

  std::mutex mutex_;  // guards all below
  std::vector<File> files_;
  int64_t bytes_ = 0;
  int64_t sent_ = 0;
  size_t files_done_ = 0;
  size_t lines_drawn_ = 0;
  Clock::time_point drawn_;
};

}  // namespace lakegate::cli
