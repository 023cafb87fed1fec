// Router: which handler answers a method and path. Filled before the server starts, read-only afterwards.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "http/body_stream.h"
#include "http/request.h"
#include "http/response.h"

namespace lakegate::http {

// Runs on a pool thread, may block. The body was read before and is in the request.
using Handler = std::function<Response(const Request&)>;
// Runs on a network thread as a coroutine: must not block, see run_on.h. Both references live until it returns.
using StreamHandler = std::function<asio::awaitable<Response>(Request&, BodyStream&)>;

// A handler that asks something of its caller, and what, in a word ("read"): for lists of routes.
template <class H>
struct Guarded {
  H handler;
  std::string right;
};

// Patterns: "/literal/{name}/{rest...}", and "/" alone. {name} takes one segment, not empty; {rest...} stands last and
// takes one character at least, slashes included. Segments are percent-decoded one by one before they are compared, so
// that %2F in a {name} is part of its value; in {rest...} it is the same as a slash. A slash at the end of the path is
// ignored, but belongs to the value of a {rest...}. A literal beats {name} beats {rest...}, from left to right.
class Router {
 public:
  struct Route {
    std::string method;
    std::string pattern;
    std::variant<Handler, StreamHandler> handler;
    std::vector<std::string> segments;  // of the pattern
    std::string right = {};             // what its handler asks of the caller; empty: nothing, or by other means
  };

  // Asserts that the pattern is well-formed and that method and pattern are new.
  void add(std::string method, std::string pattern, Handler handler);
  void add(std::string method, std::string pattern, Guarded<Handler> guarded);
  void add_stream(std::string method, std::string pattern, StreamHandler handler);
  void add_stream(std::string method, std::string pattern, Guarded<StreamHandler> guarded);

  // `path` as sent, undecoded; fills route and path_parameters of `request`. HEAD falls back to GET.
  // `route_not_found`, `malformed_request` (bad escape, NUL, not UTF-8), or `method_not_allowed`: then `allowed`
  // holds the methods for an Allow header. The pointer lives as long as the router is not changed.
  Result<const Route*> match(Request& request, std::string& allowed) const;

  // Most specific first.
  const std::vector<Route>& routes() const { return routes_; }

 private:
  void insert(Route route);

  std::vector<Route> routes_;
};

}  // namespace lakegate::http
