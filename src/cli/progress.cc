#include "cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

constexpr std::chrono::milliseconds redraw_after{100};
constexpr size_t bars_max = 4;
constexpr size_t name_width = 28;
constexpr size_t bar_width = 24;
constexpr double rate_after_seconds = 0.5;

size_t terminal_columns(std::FILE* out) {
  winsize size{};
  return ::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// Exactly name_width wide; the end of a long path says more than its beginning. Bytes above 127 count as one each.
std::string fitted(const std::string& name) {
  if (name.size() <= name_width) return name + std::string(name_width - name.size(), ' ');
  return "..." + name.substr(name.size() - (name_width - 3));
}

std::string clock_text(int64_t seconds) {
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace

Progress::Progress(const std::vector<PushFile>& files, std::FILE* out, bool terminal) : out_(out), terminal_(terminal) {
  for (const PushFile& file : files) {
    files_.push_back({.name = file.name, .bytes = file.bytes});
    bytes_ += file.bytes;
  }
}

Progress::~Progress() { finish(); }

bool Progress::is_terminal(std::FILE* out) {
  const char* kind = std::getenv("TERM");
  return ::isatty(::fileno(out)) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

void Progress::add(size_t file, int64_t bytes) {
  const std::lock_guard lock(mutex_);
  files_[file].sent += bytes;
  sent_ += bytes;
  draw(false);
}

void Progress::file_done(size_t file) {
  const std::lock_guard lock(mutex_);
  files_[file].done = true;
  ++files_done_;
  if (terminal_) {
    draw(true);
  } else {
    std::fprintf(out_, "uploaded %s (%s), %zu of %zu\n", one_line(files_[file].name).c_str(),
                 bytes_text(files_[file].bytes).c_str(), files_done_, files_.size());
  }
}

void Progress::say(const std::string& line) {
  const std::lock_guard lock(mutex_);
  erase();
  std::fprintf(out_, "%s\n", line.c_str());
  draw(true);
}

void Progress::finish() {
  const std::lock_guard lock(mutex_);
  erase();
  std::fflush(out_);
}

void Progress::erase() {
  if (lines_drawn_ > 0) std::fprintf(out_, "\x1b[%zuA\x1b[J", lines_drawn_);
  lines_drawn_ = 0;
}

std::string Progress::bar_line(const std::string& name, int64_t sent, int64_t bytes) const {
  const double part = bytes == 0 ? 1 : std::clamp(static_cast<double>(sent) / static_cast<double>(bytes), 0.0, 1.0);
  const auto full = static_cast<size_t>(part * bar_width);
  return fmt::format("{} [{}{}] {:3.0f}%  {} of {}", fitted(name), std::string(full, '#'),
                     std::string(bar_width - full, '-'), part * 100, bytes_text(sent), bytes_text(bytes));
}

std::string Progress::total_line() const {
  std::string line = bar_line(fmt::format("{} of {} files", files_done_, files_.size()), sent_, bytes_);
  const double seconds = std::chrono::duration<double>(Clock::now() - began_).count();
  if (seconds > rate_after_seconds && sent_ > 0) {
    const double rate = static_cast<double>(sent_) / seconds;
    line += fmt::format("  {}/s", bytes_text(static_cast<int64_t>(rate)));
    if (sent_ < bytes_)
      line += fmt::format("  {} left", clock_text(static_cast<int64_t>(static_cast<double>(bytes_ - sent_) / rate)));
  }
  return line;
}

void Progress::draw(bool now) {
  if (!terminal_ || (!now && Clock::now() - drawn_ < redraw_after)) return;
  drawn_ = Clock::now();
  erase();
  std::vector<std::string> lines;
  for (const File& file : files_) {
    if (file.sent > 0 && !file.done && lines.size() < bars_max)
      lines.push_back(bar_line(file.name, file.sent, file.bytes));
  }
  lines.push_back(total_line());
  const size_t columns = terminal_columns(out_);
  for (const std::string& line : lines) std::fprintf(out_, "%s\n", line.substr(0, columns - 1).c_str());
  lines_drawn_ = lines.size();
  std::fflush(out_);
}

}  // namespace lakegate::cli
