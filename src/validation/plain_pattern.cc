#include "validation/plain_pattern.h"

#include <algorithm>
#include <limits>

namespace lakegate::validation {
namespace {

constexpr size_t items_max = 32;
constexpr uint32_t count_max_written = 1000;  // as RE2 has it
constexpr uint32_t unlimited = std::numeric_limits<uint32_t>::max();

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool is_printable(char c) { return c >= 0x20 && c < 0x7F; }
bool is_word(char c) { return is_digit(c) || is_letter(c) || c == '_'; }

}  // namespace

class PlainPatternParser {
 public:
  explicit PlainPatternParser(std::string_view text) : text_(text) {}

  bool parse(PlainPattern& made) {
    if (text_.size() < 2 || text_.front() != '^' || text_.back() != '$') return false;
    text_ = text_.substr(1, text_.size() - 2);
    while (!text_.empty()) {
      if (made.items_.size() == items_max) return false;
      PlainPattern::Item& item = made.items_.emplace_back();
      item.bit = uint32_t{1} << (made.items_.size() - 1);
      members_ = {};
      if (!one() || !count(item)) return false;
      for (size_t byte = 0; byte < members_.size(); ++byte) {
        if (members_[byte]) made.members_[byte] |= item.bit;
      }
    }
    return true;
  }

 private:
  bool take(char expected) {
    if (!text_.starts_with(expected)) return false;
    text_.remove_prefix(1);
    return true;
  }

  void add(char first, char last) {
    for (int c = first; c <= last; ++c) members_[static_cast<size_t>(c)] = true;
  }

  bool one() {
    if (take('[')) return bracket();
    if (take('\\')) return escape(nullptr);
    const char c = text_.front();
    if (!is_printable(c) || std::string_view("^$.|?*+()[]{}").contains(c)) return false;
    text_.remove_prefix(1);
    add(c, c);
    return true;
  }

  // After a backslash. `single`: where to note the one character that it stands for, if it does.
  bool escape(char* single) {
    if (text_.empty()) return false;
    const char c = text_.front();
    text_.remove_prefix(1);
    if (c == 'd' || c == 'w') {
      add('0', '9');
      if (c == 'w') add('a', 'z'), add('A', 'Z'), add('_', '_');
      return true;
    }
    if (!is_printable(c) || is_word(c)) return false;
    if (single != nullptr) *single = c;
    add(c, c);
    return true;
  }

  // After "[".
  bool bracket() {
    if (text_.starts_with('^') || text_.starts_with(']')) return false;
    while (!take(']')) {
      if (text_.empty()) return false;
      char from = '\0';
      if (take('\\')) {
        if (!escape(&from)) return false;
      } else {
        from = text_.front();
        if (!is_printable(from) || from == '[') return false;
        text_.remove_prefix(1);
        add(from, from);
      }
      const bool is_range = text_.size() >= 2 && text_[0] == '-' && text_[1] != ']';
      if (!is_range) continue;
      const char to = text_[1];
      const bool alike = (is_digit(from) && is_digit(to)) || (is_letter(from) && is_letter(to));
      if (!alike || to < from) return false;
      text_.remove_prefix(2);
      add(from, to);
    }
    return true;
  }

  bool count(PlainPattern::Item& item) {
    if (take('?')) {
      item.count_min = 0;
    } else if (take('*')) {
      item.count_min = 0, item.count_max = unlimited;
    } else if (take('+')) {
      item.count_max = unlimited;
    } else if (take('{')) {
      if (!number(item.count_min)) return false;
      item.count_max = item.count_min;
      if (take(',')) {
        item.count_max = unlimited;
        if (!text_.starts_with('}') && !number(item.count_max)) return false;
      }
      if (!take('}') || item.count_max < item.count_min) return false;
    } else {
      return true;
    }
    return text_.empty() || !std::string_view("?*+{").contains(text_.front());
  }

  bool number(uint32_t& value) {
    if (text_.empty() || !is_digit(text_.front())) return false;
    value = 0;
    while (!text_.empty() && is_digit(text_.front())) {
      value = value * 10 + static_cast<uint32_t>(text_.front() - '0');
      if (value > count_max_written) return false;
      text_.remove_prefix(1);
    }
    return true;
  }

  std::string_view text_;
  std::array<bool, 256> members_{};  // of the item at hand
};

std::optional<PlainPattern> PlainPattern::parse(std::string_view ecma) {
  PlainPattern made;
  if (!PlainPatternParser(ecma).parse(made) || !made.decides_greedily()) return std::nullopt;
  return made;
}

bool PlainPattern::meet(uint32_t one, uint32_t other) const {
  return std::ranges::any_of(members_, [&](uint32_t bits) { return (bits & one) != 0 && (bits & other) != 0; });
}

// Whether an item that takes as many bytes as it can never takes one that a later item needs: none that may come next
// has a character in common with it.
bool PlainPattern::decides_greedily() const {
  for (size_t i = 0; i < items_.size(); ++i) {
    if (items_[i].count_min == items_[i].count_max) continue;
    for (size_t next = i + 1; next < items_.size(); ++next) {
      if (meet(items_[i].bit, items_[next].bit)) return false;
      if (items_[next].count_min > 0) break;
    }
  }
  return true;
}

bool PlainPattern::matches(std::string_view text) const {
  const auto* at = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* const end = at + text.size();
  for (const Item& item : items_) {
    const auto left = static_cast<size_t>(end - at);
    if (left < item.count_min) return false;
    const uint8_t* const last = at + std::min<size_t>(left, item.count_max);
    const uint8_t* const least = at + item.count_min;
    while (at != last && (members_[*at] & item.bit) != 0) ++at;
    if (at < least) return false;
  }
  return at == end;
}

}  // namespace lakegate::validation
