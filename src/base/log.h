// The log: one line an event on standard error: a sentence that is always the same, and typed facts beside it.
//
//   log::warning("Staged batches wait", {{"dataset", id}, {"again_in_ms", pause}, {"cause", error}});
//
// As text `TIME warning Staged batches wait dataset=… again_in_ms=… cause="…" code=…`, or one JSON object a line with
// the members time, level, message and the same facts. The same thing has the same name everywhere: request_id,
// trace_id, span_id, org, sandbox, api_key, dataset, batch, file, object, duration_ms, cause, code. What a client chose
// cannot end a line or look like another fact. Secrets, tokens and query strings are never given to it.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"

namespace lakegate::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

// One fact. Refers to the texts that it was made of: a value for the full expression of a call. An Error becomes two
// facts: its message, and `code`. An empty text is left out.
class Field {
 public:
  using Value = std::variant<std::string_view, int64_t, double, bool, const Error*>;

  Field() = default;
  Field(std::string_view name, std::string_view value) : name_(name), value_(value) {}
  Field(std::string_view name, const char* value) : name_(name), value_(std::string_view(value)) {}
  Field(std::string_view name, const std::string& value) : name_(name), value_(std::string_view(value)) {}
  Field(std::string_view name, const Error& value) : name_(name), value_(&value) {}
  Field(std::string_view name, bool value) : name_(name), value_(value) {}
  Field(std::string_view name, std::floating_point auto value) : name_(name), value_(static_cast<double>(value)) {}
  Field(std::string_view name, std::integral auto value) : name_(name), value_(static_cast<int64_t>(value)) {}
  // Id and Number, base/id.h.
  template <class T>
    requires requires(const T& id) {
      { id.text() } -> std::same_as<const std::string&>;
    }
  Field(std::string_view name, const T& id) : name_(name), value_(std::string_view(id.text())) {}
  template <class T>
    requires std::same_as<decltype(T::value), int64_t>
  Field(std::string_view name, const T& number) : name_(name), value_(number.value) {}

  std::string_view name() const { return name_; }
  const Value& value() const { return value_; }

 private:
  std::string_view name_;
  Value value_;
};

using Fields = std::initializer_list<Field>;

// Call once at start. Thread-safe afterwards.
void set_level(Level level);
void set_format(Format format);
Format format();

// Thread-safe; the line is made only where its level is written. `error` also for what precedes a stop.
void write(Level level, std::string_view message, std::span<const Field> fields);
inline void write(Level level, std::string_view message, Fields fields = {}) {
  write(level, message, std::span(fields.begin(), fields.size()));
}

inline void debug(std::string_view message, Fields fields = {}) { write(Level::debug, message, fields); }
inline void info(std::string_view message, Fields fields = {}) { write(Level::info, message, fields); }
inline void warning(std::string_view message, Fields fields = {}) { write(Level::warning, message, fields); }
inline void error(std::string_view message, Fields fields = {}) { write(Level::error, message, fields); }

// What this thread works on: every line that it writes until the end of the scope has these facts too, behind its own,
// those of outer scopes last. The texts live as long. On threads that do one thing after the other only: never across
// a co_await.
class Context {
 public:
  static constexpr size_t fields_max = 6;

  // Asserts that there are no more. Explicit, so that a scope is always a named one.
  explicit Context(Fields fields);  // NOLINT(google-explicit-constructor)
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  std::span<const Field> fields() const { return std::span(fields_).first(count_); }
  const Context* outer() const { return outer_; }

 private:
  std::array<Field, fields_max> fields_;
  size_t count_ = 0;
  const Context* const outer_;
};

// A line without time and level, as `write` renders it. For tests, and for `write`.
std::string render(Format format, std::string_view message, std::span<const Field> fields);

}  // namespace lakegate::log
