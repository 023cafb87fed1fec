// Walks the pattern once and takes the first way through it: the first alternative, the first member of a class, as few
// repetitions as are allowed (or some more, to reach a length). What comes out may still be wrong, at a \b say, so it
// is tried on the pattern itself.
#include "registry/pattern_sample.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>

#include "xdm/patterns.h"

namespace lakegate::registry {
namespace {

constexpr size_t more_max = 80;  // repetitions beyond the least
constexpr size_t text_bytes_max = 4096;
constexpr size_t depth_max = 50;

class Walk {
 public:
  Walk(std::string_view pattern, size_t more) : rest_(pattern), more_(more) {}

  std::string text() { return alternatives(0); }

 private:
  std::string alternatives(size_t depth);
  std::string sequence(size_t depth);
  std::string atom(size_t depth);
  std::string group(size_t depth);
  std::string escape();
  std::string one_of_class();
  size_t repetitions();

  bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
  const size_t more_;
};

std::string Walk::alternatives(size_t depth) {
  std::string first = sequence(depth);
  while (at('|')) {
    take();
    (void)sequence(depth);
  }
  return first;
}

std::string Walk::sequence(size_t depth) {
  std::string text;
  while (!rest_.empty() && !at('|') && !at(')') && depth < depth_max) {
    const std::string piece = atom(depth);
    const size_t count = repetitions();
    for (size_t i = 0; i < count && text.size() < text_bytes_max; ++i) text += piece;
  }
  return text;
}

std::string Walk::atom(size_t depth) {
  const char c = take();
  switch (c) {
    case '^':
    case '$': return "";
    case '.': return "a";
    case '(': return group(depth);
    case '[': return one_of_class();
    case '\\': return escape();
    default: return {c};
  }
}

std::string Walk::group(size_t depth) {
  if (rest_.starts_with("?:")) rest_.remove_prefix(2);
  if (rest_.starts_with("?<")) rest_.remove_prefix(std::min(rest_.find('>'), rest_.size() - 1) + 1);
  std::string text = alternatives(depth + 1);
  if (at(')')) take();
  return text;
}

std::string Walk::escape() {
  if (rest_.empty()) return "";
  const char c = take();
  switch (c) {
    case 'd': return "0";
    case 'w':
    case 'D':
    case 'S': return "a";
    case 's':
    case 'W': return " ";
    case 'b':
    case 'B': return "";
    case 'n': return "\n";
    case 't': return "\t";
    case 'r': return "\r";
    default: return {c};
  }
}

std::string Walk::one_of_class() {
  const bool negated = at('^');
  const size_t begin = negated ? 1 : 0;
  size_t end = begin;
  while (end < rest_.size() && (rest_[end] != ']' || end == begin)) end += rest_[end] == '\\' ? 2 : 1;
  const std::string_view members = rest_.substr(begin, std::min(end, rest_.size()) - begin);
  const std::string whole = "[" + std::string(rest_.substr(0, std::min(end, rest_.size()))) + "]";
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  const auto translated = xdm::translate_pattern("^" + whole + "$");
  if (!translated) return "a";
  // Letters and digits read best; the class's own members come next.
  for (const char c : std::string("aA0_- .@/") + std::string(members)) {
    if (RE2::FullMatch(std::string(1, c), *translated)) return {c};
  }
  return "a";
}

size_t Walk::repetitions() {
  size_t least = 1;
  bool unbounded = false;
  size_t most = 1;
  if (at('*') || at('+') || at('?')) {
    const char c = take();
    least = c == '+' ? 1 : 0;
    unbounded = c != '?';
    most = 1;
  } else if (at('{')) {
    const size_t end = std::min(rest_.find('}'), rest_.size() - 1);
    const std::string_view bounds = rest_.substr(1, end - 1);
    const size_t comma = bounds.find(',');
    std::from_chars(bounds.data(), bounds.data() + std::min(comma, bounds.size()), least);
    most = least;
    if (comma != std::string_view::npos) {
      unbounded = comma + 1 == bounds.size();
      if (!unbounded) std::from_chars(bounds.data() + comma + 1, bounds.data() + bounds.size(), most);
    }
    rest_.remove_prefix(end + 1);
  } else {
    return 1;
  }
  if (at('?')) take();
  return unbounded ? least + more_ : std::min(most, least + more_);
}

// Characters, not bytes.
size_t length_of(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::optional<std::string> sample_of_pattern(std::string_view pattern, size_t length_min, size_t length_max) {
  const auto translated = xdm::translate_pattern(pattern);
  if (!translated) return std::nullopt;
  const RE2 compiled(*translated, RE2::Quiet);
  if (!compiled.ok()) return std::nullopt;
  for (size_t more = 0; more <= more_max; ++more) {
    std::string text = Walk(pattern, more).text();
    if (length_of(text) < length_min && !RE2::PartialMatch(text + "a", compiled)) continue;
    while (length_of(text) < length_min) text += 'a';
    if (length_of(text) <= length_max && RE2::PartialMatch(text, compiled)) return text;
  }
  return std::nullopt;
}

}  // namespace lakegate::registry
