#include "http/trace_context.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/ascii.h"

namespace lakegate::http {
namespace {

constexpr size_t trace_id_digits = 32;
constexpr size_t span_id_digits = 16;
// version "-" trace-id "-" parent-id "-" trace-flags
constexpr size_t trace_id_at = 3;
constexpr size_t parent_id_at = trace_id_at + trace_id_digits + 1;
constexpr size_t flags_at = parent_id_at + span_id_digits + 1;
constexpr size_t version_0_bytes = flags_at + 2;

// Upper case is not allowed.
bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) { return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos; }

// Only version 0 is known whole; of a later one the part that is the same, section 3.2.4.
bool has_valid_length(std::string_view version, std::string_view found) {
  if (version == "00") return found.size() == version_0_bytes;
  return found.size() == version_0_bytes || found[version_0_bytes] == '-';
}

std::optional<TraceContext> parse_traceparent(std::string_view found) {
  if (found.size() < version_0_bytes) return std::nullopt;
  const std::string_view version = found.substr(0, 2);
  const std::string_view trace_id = found.substr(trace_id_at, trace_id_digits);
  const std::string_view parent_id = found.substr(parent_id_at, span_id_digits);
  const std::string_view flags = found.substr(flags_at, 2);
  const bool dashes = found[trace_id_at - 1] == '-' && found[parent_id_at - 1] == '-' && found[flags_at - 1] == '-';
  if (!dashes || !is_hex(version) || version == "ff" || !has_valid_length(version, found)) return std::nullopt;
  if (!is_id(trace_id) || !is_id(parent_id) || !is_hex(flags)) return std::nullopt;
  const bool sampled = std::string_view("13579bdf").find(flags.back()) != std::string_view::npos;
  return TraceContext{
      .trace_id = std::string(trace_id), .span_id = {}, .parent_id = std::string(parent_id), .sampled = sampled};
}

// Nothing: none, several, or one that is not valid.
std::optional<TraceContext> find_caller(const Headers& headers) {
  std::optional<std::string_view> only;
  for (const Header& field : headers) {
    if (!equal_ignoring_case(field.name, "traceparent")) continue;
    if (only) return std::nullopt;
    only = ascii::trim(field.value);
  }
  return only ? parse_traceparent(*only) : std::nullopt;
}

// All 0 means "no id".
std::string new_id(Random& random, size_t digits) {
  std::string id;
  do {
    id = random.hex(digits);
  } while (!is_id(id));
  return id;
}

}  // namespace

std::string TraceContext::traceparent() const {
  if (trace_id.empty()) return {};
  return fmt::format("00-{}-{}-{}", trace_id, span_id, sampled ? "01" : "00");
}

TraceContext continue_trace(const Headers& headers, Random& random) {
  std::optional<TraceContext> found = find_caller(headers);
  TraceContext trace = found ? *std::move(found) : TraceContext{};
  if (trace.trace_id.empty()) trace.trace_id = new_id(random, trace_id_digits);
  trace.span_id = new_id(random, span_id_digits);
  return trace;
}

}  // namespace lakegate::http
