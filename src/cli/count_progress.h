// How far a command of many steps has got, on standard error: one line that grows where that is a terminal, a line each
// step elsewhere.
#pragma once

#include <cstdio>
#include <string>

namespace lakegate::cli {

// One thread at a time.
class CountProgress {
 public:
  // "imported 50 of 819 resources": `verb` and `things`. `out` outlives this.
  CountProgress(std::string verb, std::string things, size_t total, std::FILE* out, bool terminal);
  ~CountProgress();

  void add(size_t count);
  // Removes the line from a terminal.
  void finish();

 private:
  void erase();

  const std::string verb_;
  const std::string things_;
  const size_t total_;
  std::FILE* const out_;
  const bool terminal_;
  size_t count_ = 0;
  bool drawn_ = false;
};

}  // namespace lakegate::cli
