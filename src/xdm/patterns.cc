#include "xdm/patterns.h"

#include <re2/re2.h>

#include <cstdint>
#include <optional>

#include "model/error_codes.h"

namespace lakegate::xdm {
namespace {

// ECMA-262 WhiteSpace and LineTerminator, as members of a class, and all else.
constexpr std::string_view space_members =
    R"(\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";
constexpr std::string_view other_members =
    R"(\x{0}-\x{8}\x{e}-\x{1f}!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e})"
    R"(\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff})";
constexpr std::string_view any_member = R"(\x{0}-\x{10ffff})";
constexpr std::string_view not_line_end = R"([^\n\r\x{2028}\x{2029}])";

bool is_high_surrogate(uint32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low_surrogate(uint32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

// One member of a class, or what an escape stands for: a code point or a set.
struct Atom {
  std::optional<uint32_t> code_point;
  std::string set;  // RE2 text that is valid within brackets
};

class Translator {
 public:
  explicit Translator(std::string_view text) : text_(text) {}

  Result<std::string> translate();

 private:
  bool at_end() const { return at_ >= text_.size(); }
  bool take(std::string_view expected);
  std::optional<uint32_t> hex(size_t digits);
  uint32_t code_point();
  uint32_t unicode_escape();
  Result<Atom> escape(bool in_class);
  Result<Atom> property(bool negated);
  Status group();
  Status bracket();
  Status one();
  void brace();
  void literal(uint32_t code_point);

  std::string_view text_;
  size_t at_ = 0;
  std::string out_;
};

void append_code_point(std::string& out, uint32_t code_point) {
  fmt::format_to(std::back_inserter(out), "\\x{{{:x}}}", code_point);
}

bool Translator::take(std::string_view expected) {
  if (!text_.substr(at_).starts_with(expected)) return false;
  at_ += expected.size();
  return true;
}

// Exactly that many digits, or nothing is taken.
std::optional<uint32_t> Translator::hex(size_t digits) {
  uint32_t value = 0;
  if (text_.size() - at_ < digits) return std::nullopt;
  for (const char c : text_.substr(at_, digits)) {
    const char lower = static_cast<char>(c | 0x20);
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (lower < 'a' || lower > 'f')) return std::nullopt;
    value = value << 4 | static_cast<uint32_t>(is_digit ? c - '0' : lower - 'a' + 10);
  }
  at_ += digits;
  return value;
}

// The next code point; the text is valid UTF-8.
uint32_t Translator::code_point() {
  const auto first = static_cast<unsigned char>(text_[at_++]);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  uint32_t value = first & (0x3Fu >> more);
  for (int i = 0; i < more && !at_end(); ++i) value = value << 6 | (static_cast<unsigned char>(text_[at_++]) & 0x3Fu);
  return value;
}

// After "\u": four digits (two such escapes may make one code point) or a number in braces; else the letter itself.
uint32_t Translator::unicode_escape() {
  if (take("{")) {
    const size_t end = text_.find('}', at_);
    if (end != std::string_view::npos && end > at_ && end - at_ <= 6) {
      if (const auto value = hex(end - at_); value && take("}")) return *value;
    }
    --at_;
    return 'u';
  }
  const auto first = hex(4);
  if (!first) return 'u';
  if (is_high_surrogate(*first)) {
    const size_t back = at_;
    if (take("\\u")) {
      if (const auto second = hex(4); second && is_low_surrogate(*second))
        return 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00);
    }
    at_ = back;
  }
  return *first;
}

// After "\p" or "\P". RE2 knows general categories and scripts by their plain names.
Result<Atom> Translator::property(bool negated) {
  const size_t end = text_.find('}', at_);
  if (!take("{") || end == std::string_view::npos) return Atom{negated ? 'P' : 'p', {}};
  std::string_view name = text_.substr(at_, end - at_);
  at_ = end + 1;
  for (const std::string_view key : {"Script=", "sc=", "General_Category=", "gc="}) {
    if (name.starts_with(key)) name.remove_prefix(key.size());
  }
  if (name == "Any") return Atom{std::nullopt, std::string(any_member)};
  return Atom{std::nullopt, fmt::format("\\{}{{{}}}", negated ? 'P' : 'p', name)};
}

// After a backslash.
Result<Atom> Translator::escape(bool in_class) {
  if (at_end()) return fail(codes::schema_invalid, "it ends in a backslash");
  const uint32_t c = code_point();
  switch (c) {
    case 'd':
    case 'D':
    case 'w':
    case 'W': return Atom{std::nullopt, std::string("\\") + static_cast<char>(c)};
    case 's': return Atom{std::nullopt, std::string(space_members)};
    case 'S': return Atom{std::nullopt, std::string(other_members)};
    case 'p':
    case 'P': return property(c == 'P');
    case 't': return Atom{'\t', {}};
    case 'n': return Atom{'\n', {}};
    case 'v': return Atom{'\v', {}};
    case 'f': return Atom{'\f', {}};
    case 'r': return Atom{'\r', {}};
    case 'x': return Atom{hex(2).value_or('x'), {}};
    case 'u': return Atom{unicode_escape(), {}};
    case 'c':
      if (!at_end() && ((text_[at_] | 0x20) >= 'a') && ((text_[at_] | 0x20) <= 'z'))
        return Atom{text_[at_++] & 0x1Fu, {}};
      return Atom{'c', {}};
    case 'b':
      if (in_class) return Atom{'\b', {}};
      break;
    default: break;
  }
  if (c >= '1' && c <= '9')
    return fail(codes::schema_invalid, "it refers back to a group (\\{})", static_cast<char>(c));
  if (c == 'k' && !at_end() && text_[at_] == '<') return fail(codes::schema_invalid, "it refers back to a named group");
  return Atom{c == '0' ? 0 : c, {}};
}

void Translator::literal(uint32_t code_point) {
  const bool is_plain =
      (code_point >= '0' && code_point <= '9') || ((code_point | 0x20) >= 'a' && (code_point | 0x20) <= 'z');
  if (code_point < 0x80 && is_plain) {
    out_ += static_cast<char>(code_point);
  } else {
    append_code_point(out_, code_point);
  }
}

// After "[".
Status Translator::bracket() {
  const bool negated = take("^");
  std::string members;
  int64_t range_from = -1;  // the last single member, as long as it may start a range
  while (true) {
    if (at_end()) return fail(codes::schema_invalid, "a \"[\" is not closed");
    if (take("]")) break;
    if (range_from >= 0 && text_[at_] == '-' && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
      const size_t back = at_++;
      Atom to{code_point(), {}};
      if (to.code_point == '\\') {
        LG_ASSIGN(to, escape(true));
      }
      if (to.code_point) {
        if (*to.code_point < range_from) return fail(codes::schema_invalid, "a range in brackets runs backwards");
        members += '-';
        append_code_point(members, *to.code_point);
        range_from = -1;
        continue;
      }
      at_ = back;  // "[a-\d]": the dash is itself
    }
    Atom member{code_point(), {}};
    if (member.code_point == '\\') {
      LG_ASSIGN(member, escape(true));
    }
    range_from = -1;
    if (member.code_point) {
      append_code_point(members, *member.code_point);
      range_from = *member.code_point;
    }
    members += member.set;
  }
  if (members.empty()) {
    out_ += negated ? "[" : "[^";
    out_ += any_member;
  } else {
    out_ += negated ? "[^" : "[";
    out_ += members;
  }
  out_ += ']';
  return {};
}

// After "(". Nobody reads captures, so none are made.
Status Translator::group() {
  out_ += "(?:";
  if (!take("?")) return {};
  if (take(":")) return {};
  for (const std::string_view look : {"=", "!", "<=", "<!"}) {
    if (take(look))
      return fail(codes::schema_invalid, "it looks {} (?{}…)", look.starts_with('<') ? "behind" : "ahead", look);
  }
  const size_t end = text_.find('>', at_);
  if (take("<") && end != std::string_view::npos) {
    at_ = end + 1;
    return {};
  }
  return fail(codes::schema_invalid, "\"(?{}\" is no group of ECMA-262", text_.substr(at_, 1));
}

// "{" starts a count or is itself.
void Translator::brace() {
  size_t end = at_;
  size_t commas = 0;
  while (end < text_.size() &&
         ((text_[end] >= '0' && text_[end] <= '9') || (text_[end] == ',' && end > at_ && ++commas == 1)))
    ++end;
  const bool is_count = end > at_ && end < text_.size() && text_[end] == '}';
  if (!is_count) return literal('{');
  out_ += '{';
  out_ += text_.substr(at_, end + 1 - at_);
  at_ = end + 1;
}

Status Translator::one() {
  const uint32_t c = code_point();
  switch (c) {
    case '.': out_ += not_line_end; return {};
    case '(': return group();
    case '[': return bracket();
    case '{': brace(); return {};
    case '^':
    case '$':
    case '|':
    case ')':
    case '*':
    case '+':
    case '?': out_ += static_cast<char>(c); return {};
    case '\\': break;
    default: literal(c); return {};
  }
  if (!at_end() && (text_[at_] == 'b' || text_[at_] == 'B')) {
    out_ += '\\';
    out_ += text_[at_++];
    return {};
  }
  LG_ASSIGN(const Atom atom, escape(false));
  if (atom.code_point) {
    literal(*atom.code_point);
  } else {
    out_ += '[' + atom.set + ']';
  }
  return {};
}

Result<std::string> Translator::translate() {
  while (!at_end()) LG_TRY(one());
  return std::move(out_);
}

}  // namespace

Result<std::string> translate_pattern(std::string_view ecma) {
  if (ecma.size() > pattern_bytes_max) {
    return fail(codes::schema_invalid, "The pattern has {} bytes; at most {} are possible.", ecma.size(),
                pattern_bytes_max);
  }
  auto translated = Translator(ecma).translate();
  if (!translated) {
    return fail(codes::schema_invalid,
                "The pattern \"{}\" cannot be checked: {}. Patterns are matched in linear time, without look-around "
                "and back-references.",
                ecma, translated.error().message);
  }
  RE2::Options options;
  options.set_log_errors(false);
  const RE2 compiled(*translated, options);
  if (!compiled.ok()) {
    return fail(codes::schema_invalid,
                "The pattern \"{}\" cannot be checked: {}. A repetition counts to 1000 at most; for longer texts use "
                "minLength and maxLength.",
                ecma, compiled.error());
  }
  return std::move(*translated);
}

}  // namespace lakegate::xdm
