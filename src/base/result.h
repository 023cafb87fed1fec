// Result<T>: a value or an Error. LG_TRY and LG_ASSIGN pass an error up to the caller.
#pragma once

#include <fmt/core.h>

#include <expected>
#include <utility>

#include "base/error.h"

namespace lakegate {

template <class T>
using Result = std::expected<T, Error>;

using Status = Result<void>;

// `return fail(codes::not_found, "No batch {} …", id);` in any function that returns a Result.
template <class... Args>
[[nodiscard]] std::unexpected<Error> fail(const ErrorCode& code, fmt::format_string<Args...> format, Args&&... args) {
  return std::unexpected(Error{&code, fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace lakegate

#define LG_CONCAT_INNER(a, b) a##b
#define LG_CONCAT(a, b) LG_CONCAT_INNER(a, b)

// Evaluates a Result or Status; on error returns it from the enclosing function.
#define LG_TRY(...)                                               \
  do {                                                            \
    if (auto lg_result = (__VA_ARGS__); !lg_result.has_value()) { \
      return std::unexpected(std::move(lg_result).error());       \
    }                                                             \
  } while (false)

#define LG_CO_TRY(...)                                            \
  do {                                                            \
    if (auto lg_result = (__VA_ARGS__); !lg_result.has_value()) { \
      co_return std::unexpected(std::move(lg_result).error());    \
    }                                                             \
  } while (false)

#define LG_ASSIGN_INNER(result, keyword, declaration, ...) \
  auto result = (__VA_ARGS__);                             \
  if (!result.has_value()) {                               \
    keyword std::unexpected(std::move(result).error());    \
  }                                                        \
  declaration = std::move(result).value()

// `LG_ASSIGN(const Batch batch, find(id));`
#define LG_ASSIGN(declaration, ...) LG_ASSIGN_INNER(LG_CONCAT(lg_result_, __LINE__), return, declaration, __VA_ARGS__)
#define LG_CO_ASSIGN(declaration, ...) \
  LG_ASSIGN_INNER(LG_CONCAT(lg_result_, __LINE__), co_return, declaration, __VA_ARGS__)
