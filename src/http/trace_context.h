// TraceContext: to whose trace a request belongs, W3C Trace Context level 1.
#pragma once

#include <string>

#include "base/random.h"
#include "http/headers.h"

namespace lakegate::http {

// A plain value. We are a span of the trace; what we cause later (judging, a round, an event) names it as its parent.
struct TraceContext {
  std::string trace_id;   // 32 lower-case hexadecimal digits, not all 0
  std::string span_id;    // 16, ours
  std::string parent_id;  // 16, the caller's; empty: the trace begins here
  bool sampled = false;   // as the caller said; a trace that begins here is not

  // The header for whoever comes next: "00-<trace id>-<our span>-<flags>". Empty where there is no trace.
  std::string traceparent() const;
};

// The caller's trace goes on where the request has one `traceparent` and it is valid (section 3.2); else a new one
// begins. `tracestate` is not kept: what systems of others note there would be of no use in an event that comes later.
TraceContext continue_trace(const Headers& headers, Random& random);

}  // namespace lakegate::http
