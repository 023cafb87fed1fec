#include "cli/count_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lakegate::cli {
namespace {

constexpr size_t bar_width = 24;

}  // namespace

CountProgress::CountProgress(std::string verb, std::string things, size_t total, std::FILE* out, bool terminal)
    : verb_(std::move(verb)), things_(std::move(things)), total_(total), out_(out), terminal_(terminal) {
  add(0);
}

CountProgress::~CountProgress() { finish(); }

void CountProgress::add(size_t count) {
  count_ += count;
  if (!terminal_) {
    if (count > 0) std::fprintf(out_, "%s %zu of %zu %s\n", verb_.c_str(), count_, total_, things_.c_str());
    return;
  }
  erase();
  const size_t full = total_ == 0 ? bar_width : std::min(count_, total_) * bar_width / total_;
  const std::string line = fmt::format("{} [{}{}] {} of {} {}", verb_, std::string(full, '#'),
                                       std::string(bar_width - full, '-'), count_, total_, things_);
  std::fputs(line.c_str(), out_);
  std::fflush(out_);
  drawn_ = true;
}

void CountProgress::finish() { erase(); }

void CountProgress::erase() {
  if (drawn_) std::fputs("\r\x1b[K", out_);
  if (drawn_) std::fflush(out_);
  drawn_ = false;
}

}  // namespace lakegate::cli
