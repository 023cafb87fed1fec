// Request: one request's head, decoded, and for a plain Handler its body.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/headers.h"
#include "http/trace_context.h"

namespace lakegate::http {

struct Parameter {
  std::string name;
  std::string value;
};

// A plain value; no threads, no lifetime of its own. When the transport itself refuses a request, what was not
// read is empty.
struct Request {
  std::string id;                          // a ULID of ours, never the client's; `x-request-id` of the answer
  std::string method;                      // as sent; "HEAD" also when a GET route answers it
  std::string target;                      // as sent: path and query, undecoded
  std::string path;                        // of `target`, undecoded, without the query
  std::string route;                       // the pattern that matched, e.g. "/batches/{batch}"; empty when none did
  std::vector<Parameter> path_parameters;  // decoded UTF-8, without NUL; of a catch-all with its slashes
  std::vector<Parameter> query;            // decoded UTF-8, in order, repeats kept
  Headers headers;
  std::optional<int64_t> content_length;  // absent: no body, or `chunked`
  bool chunked = false;
  bool http_1_1 = true;
  std::string body;    // whole; only for a Handler, at most Settings::body_bytes_max
  std::string scheme;  // "http" or "https"
  std::string host;    // with the port if it was sent; letters, digits and "-._:[]" only
  std::string peer;    // "address:port" of the other side
  TraceContext trace;  // the caller's, or a new one; with a span of ours

  std::optional<std::string_view> header(std::string_view name) const { return headers.find(name); }
  // Asserts that the matched pattern has {name}.
  const std::string& path_parameter(std::string_view name) const;
  // The first one of that name (case matters).
  std::optional<std::string_view> query_value(std::string_view name) const;
  // `peer` without its port.
  std::string_view peer_address() const;
  // "http://host:port", for building hrefs.
  std::string origin() const { return scheme + "://" + host; }
};

}  // namespace lakegate::http
