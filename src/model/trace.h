// A trace as batches and events keep it: the text of a W3C `traceparent`, "00-<trace id>-<span id>-<flags>".
#pragma once

#include <string_view>

namespace lakegate {

// Its trace id; empty where there is no trace.
constexpr std::string_view trace_id_of(std::string_view traceparent) {
  constexpr size_t begin = 3;
  constexpr size_t digits = 32;
  return traceparent.size() < begin + digits ? std::string_view() : traceparent.substr(begin, digits);
}

}  // namespace lakegate
