#include "base/log.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <iterator>

#include "base/disguise.h"
#include "base/utf8.h"

namespace lakegate::log {
namespace {

using Buffer = fmt::basic_memory_buffer<char, 512>;

constexpr const char* text_pattern = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";
constexpr const char* json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})";

std::atomic<Format> format_of_lines{Format::text};
thread_local const Context* innermost = nullptr;

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = spdlog::stderr_logger_mt("lakegate");
    made->set_pattern(text_pattern);
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *instance;
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

void append(Buffer& line, std::string_view text) { line.append(text.data(), text.data() + text.size()); }

bool is_control(char c) { return (c >= 0 && c < ' ') || c == 0x7F; }

// What is not UTF-8 becomes U+FFFD byte by byte where it is ours to choose: no reader of the log shall stumble.
std::string_view as_utf8(std::string_view text, std::string& mended) {
  if (is_ascii(text) || is_utf8(text)) return text;
  for (const char c : text) {
    if (static_cast<uint8_t>(c) < 0x80) {
      mended += c;
    } else {
      mended += "\xEF\xBF\xBD";
    }
  }
  return mended;
}

// Between quotes, in JSON and in text.
void append_escaped(Buffer& line, std::string_view found) {
  std::string mended;
  const std::string_view text = as_utf8(found, mended);
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' || c == '\\') {
      line.push_back('\\');
      line.push_back(c);
    } else if (is_control(c)) {
      fmt::format_to(std::back_inserter(line), "\\u{:04x}", static_cast<unsigned>(c));
    } else if (const CodePoint disguise = find_disguise(text.substr(at)); disguise.bytes > 0) {
      fmt::format_to(std::back_inserter(line), "\\u{:04x}", disguise.number);
      at += disguise.bytes - 1;
    } else {
      line.push_back(c);
    }
  }
}

void append_quoted(Buffer& line, std::string_view text) {
  line.push_back('"');
  append_escaped(line, text);
  line.push_back('"');
}

// Bare where nobody could take it for something else.
void append_text(Buffer& line, std::string_view text) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\';
  });
  if (plain) return append(line, text);
  append_quoted(line, text);
}

class Line {
 public:
  Line(Format format, std::string_view message) : json_(format == Format::json) {
    if (json_) {
      append(buffer_, "\"message\":");
      append_quoted(buffer_, message);
    } else {
      append_message(message);
    }
  }

  void add(const Field& field) {
    if (const auto* text = std::get_if<std::string_view>(&field.value())) {
      if (!text->empty()) add_text(field.name(), *text);
    } else if (const auto* error = std::get_if<const Error*>(&field.value())) {
      add_text(field.name(), (*error)->message);
      add_text("code", (*error)->code->id);
    } else {
      add_name(field.name());
      std::visit([this](const auto& value) { add_bare(value); }, field.value());
    }
  }

  std::string_view view() const { return {buffer_.data(), buffer_.size()}; }

 private:
  // A sentence needs no quotes, but stays on its line.
  void append_message(std::string_view message) {
    std::string mended;
    for (const char c : as_utf8(message, mended)) buffer_.push_back(is_control(c) ? ' ' : c);
  }

  void add_name(std::string_view name) {
    if (json_) {
      append(buffer_, ",\"");
      append(buffer_, name);
      append(buffer_, "\":");
    } else {
      buffer_.push_back(' ');
      append(buffer_, name);
      buffer_.push_back('=');
    }
  }

  void add_text(std::string_view name, std::string_view text) {
    add_name(name);
    if (json_) {
      append_quoted(buffer_, text);
    } else {
      append_text(buffer_, text);
    }
  }

  void add_bare(int64_t value) { fmt::format_to(std::back_inserter(buffer_), "{}", value); }
  void add_bare(bool value) { append(buffer_, value ? "true" : "false"); }
  void add_bare(double value) { fmt::format_to(std::back_inserter(buffer_), "{:.3f}", value); }
  void add_bare(std::string_view) {}  // these two: add_text
  void add_bare(const Error*) {}

  const bool json_;
  Buffer buffer_;
};

// A fact that is said already is not said twice: in JSON a name may stand once.
bool is_named(std::span<const Field> fields, std::string_view name) {
  return std::ranges::any_of(fields, [&](const Field& field) { return field.name() == name; });
}

void add_contexts(Line& line, std::span<const Field> own) {
  for (const Context* context = innermost; context != nullptr; context = context->outer()) {
    for (const Field& field : context->fields()) {
      bool said = is_named(own, field.name());
      for (const Context* inner = innermost; inner != context; inner = inner->outer()) {
        said = said || is_named(inner->fields(), field.name());
      }
      if (!said) line.add(field);
    }
  }
}

Line make_line(Format format, std::string_view message, std::span<const Field> fields) {
  Line line(format, message);
  for (const Field& field : fields) line.add(field);
  add_contexts(line, fields);
  return line;
}

}  // namespace

void set_level(Level level) { logger().set_level(to_spdlog(level)); }

void set_format(Format format) {
  format_of_lines = format;
  logger().set_pattern(format == Format::json ? json_pattern : text_pattern);
}

Format format() { return format_of_lines; }

void write(Level level, std::string_view message, std::span<const Field> fields) {
  const spdlog::level::level_enum as_level = to_spdlog(level);
  if (!logger().should_log(as_level)) return;
  const Line line = make_line(format_of_lines, message, fields);
  const std::string_view view = line.view();
  logger().log(as_level, spdlog::string_view_t(view.data(), view.size()));
}

std::string render(Format format, std::string_view message, std::span<const Field> fields) {
  return std::string(make_line(format, message, fields).view());
}

Context::Context(Fields fields) : outer_(innermost) {
  assert(fields.size() <= fields_max);
  for (const Field& field : fields) fields_[count_++] = field;
  innermost = this;
}

Context::~Context() { innermost = outer_; }

}  // namespace lakegate::log
