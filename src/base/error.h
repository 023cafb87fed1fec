// Errors: what the caller does next (kind), what the documentation calls it (code), what a person reads (message).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lakegate {

// What the caller does next. One table (http status, retry) in api/ maps each.
enum class ErrorKind {
  invalid,          // the request is wrong; changing it helps
  unauthenticated,  // who are you
  forbidden,        // not allowed to
  not_found,        // no such thing, or not yours
  conflict,         // the thing's state forbids it now
  too_large,        // over a limit
  unavailable,      // try again later
  no_space,         // storage is full; try again when room was made
  commit_unknown,   // it may have happened: delete nothing, read back later
  corrupt,          // stored or sent bytes are damaged
  internal,         // our fault
};

std::string_view to_string(ErrorKind kind);

// One row of the documented codes (docs/errors.md, kept true by a test). Instances are constants of static storage.
struct ErrorCode {
  std::string_view id;  // stable, e.g. "LG-1104-409": the last part is the HTTP status
  ErrorKind kind;
  std::string_view title;  // short, constant
};

struct Error {
  const ErrorCode* code = nullptr;  // never null in a live error; points to static storage
  std::string message;              // what, where, found, expected, what to do
  std::optional<std::chrono::seconds> retry_after = std::nullopt;

  ErrorKind kind() const { return code->kind; }
};

}  // namespace lakegate
