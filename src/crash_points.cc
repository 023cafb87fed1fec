// The crash_point of `lakegate-with-crash-points`. Linked into that program directly, it takes the place of the
// one in base/, so that program and `lakegate` share every other object file.
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include "base/crash_point.h"

namespace lakegate {
namespace {

struct Target {
  std::string_view name;
  int hit = 1;
};

Target read_target() {
  const char* set = std::getenv("LAKEGATE_CRASH_AT");
  if (set == nullptr) return {};
  std::string_view text = set;
  const size_t colon = text.find(':');
  Target target{text.substr(0, colon)};
  if (colon != std::string_view::npos) std::from_chars(text.data() + colon + 1, text.data() + text.size(), target.hit);
  return target;
}

}  // namespace

void crash_point(const char* name) {
  static const Target target = read_target();
  static std::atomic<int> hits{0};
  if (target.name == name && ++hits == target.hit) ::kill(::getpid(), SIGKILL);
}

}  // namespace lakegate
