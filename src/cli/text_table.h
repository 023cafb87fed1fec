// TextTable: rows for people, in columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lakegate::cli {

// What a server or a file name says, for a line of a terminal: whatever would end the line, command the terminal or
// turn the order of what stands beside it (base/disguise.h) comes out as a blank.
std::string one_line(std::string_view text);
// The same, but line ends stay.
std::string lines(std::string_view text);

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> titles) : titles_(std::move(titles)) {}

  // As many cells as there are titles.
  void add(std::vector<std::string> cells);
  size_t rows() const { return rows_.size(); }

  // Titles, then rows; two blanks between columns, each as wide as its widest cell but at most `cell_width_max` code
  // points (longer ones end in "…"). Columns of numbers stand to the right. Cells go through one_line.
  std::string text(size_t cell_width_max = 60) const;

 private:
  std::vector<std::string> titles_;
  std::vector<std::vector<std::string>> rows_;
};

std::string bytes_text(int64_t bytes);                   // "12.3 MB"
std::string time_text(int64_t milliseconds_since_1970);  // "2026-03-01 12:30:05Z"; empty for 0

}  // namespace lakegate::cli
