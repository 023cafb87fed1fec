#include "cli/text_table.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <ctime>

#include "base/ascii.h"
#include "base/disguise.h"
#include "base/utf8.h"

namespace lakegate::cli {
namespace {

bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

size_t width(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](char c) { return !continues_code_point(c); }));
}

// One line of at most `width_max` code points.
std::string shortened(std::string_view cell, size_t width_max) {
  const std::string text = one_line(cell);
  const bool too_wide = width(text) > width_max;
  std::string line;
  size_t taken = 0;
  for (const char c : text) {
    if (!continues_code_point(c) && too_wide && ++taken == width_max) return line + "…";
    line += c;
  }
  return line;
}

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return ascii::is_digit(c) || c == '.' || c == '-'; }) &&
         ascii::is_digit(text.back());
}

}  // namespace

std::string one_line(std::string_view text) {
  if (!is_utf8(text)) return printable(text, text.size());
  std::string line;
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text[0]);
    const size_t hidden = first < 0x20 || first == 0x7F ? 1 : find_disguise(text).bytes;
    line += hidden > 0 ? ' ' : text[0];
    text.remove_prefix(hidden > 0 ? hidden : 1);
  }
  return line;
}

std::string lines(std::string_view text) {
  std::string all;
  for (size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    all += one_line(text.substr(0, end)) + "\n";
    text.remove_prefix(end + 1);
  }
  return all + one_line(text);
}

void TextTable::add(std::vector<std::string> cells) {
  assert(cells.size() == titles_.size());
  rows_.push_back(std::move(cells));
}

std::string TextTable::text(size_t cell_width_max) const {
  std::vector<std::vector<std::string>> lines{titles_};
  for (const auto& row : rows_) {
    lines.emplace_back();
    for (const std::string& cell : row) lines.back().push_back(shortened(cell, cell_width_max));
  }
  std::vector<size_t> widths(titles_.size(), 0);
  std::vector<bool> to_right(titles_.size(), !rows_.empty());
  for (size_t line = 0; line < lines.size(); ++line) {
    for (size_t column = 0; column < titles_.size(); ++column) {
      const std::string& cell = lines[line][column];
      widths[column] = std::max(widths[column], width(cell));
      if (line > 0 && !cell.empty() && !is_number(cell)) to_right[column] = false;
    }
  }
  std::string text;
  for (const auto& line : lines) {
    std::string out;
    for (size_t column = 0; column < line.size(); ++column) {
      const std::string blanks(widths[column] - width(line[column]), ' ');
      out += (column > 0 ? "  " : "") + (to_right[column] ? blanks + line[column] : line[column] + blanks);
    }
    text += out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string bytes_text(int64_t bytes) {
  constexpr std::array<std::string_view, 5> units = {"B", "KB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 999.95 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

std::string time_text(int64_t milliseconds) {
  if (milliseconds == 0) return {};
  return fmt::format("{:%Y-%m-%d %H:%M:%S}Z", fmt::gmtime(static_cast<std::time_t>(milliseconds / 1000)));
}

}  // namespace lakegate::cli
