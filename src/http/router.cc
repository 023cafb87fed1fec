#include "http/router.h"

#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

#include "http/target.h"
#include "model/error_codes.h"

namespace lakegate::http {
namespace {

enum class Segment { literal, name, rest };  // the order of precedence

Segment kind_of(std::string_view segment) {
  if (!segment.starts_with('{')) return Segment::literal;
  return segment.ends_with("...}") ? Segment::rest : Segment::name;
}

std::string name_of(std::string_view segment) {
  const size_t decoration = kind_of(segment) == Segment::rest ? 5 : 2;
  return std::string(segment.substr(1, segment.size() - decoration));
}

std::vector<std::string> split_pattern(std::string_view pattern) {
  std::vector<std::string> segments;
  if (pattern == "/") return segments;
  while (!pattern.empty()) {
    assert(pattern.front() == '/');
    pattern.remove_prefix(1);
    const std::string_view segment = pattern.substr(0, pattern.find('/'));
    assert(!segment.empty() && segment.starts_with('{') == segment.ends_with('}'));
    pattern.remove_prefix(segment.size());
    assert(kind_of(segment) != Segment::rest || pattern.empty());
    segments.emplace_back(segment);
  }
  return segments;
}

bool more_specific(const Router::Route& left, const Router::Route& right) {
  return std::ranges::lexicographical_compare(left.segments, right.segments, {}, kind_of, kind_of);
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    const Segment kind = kind_of(pattern[i]);
    if (i >= path.size()) return false;
    if (kind == Segment::rest) return path.size() > i + 1 || !path[i].empty();
    if (kind == Segment::name ? path[i].empty() : path[i] != pattern[i]) return false;
  }
  const bool slash_at_end = path.size() == pattern.size() + 1 && path.back().empty();
  return path.size() == pattern.size() || slash_at_end;
}

std::vector<Parameter> parameters_of(const std::vector<std::string>& pattern, std::vector<std::string>& path) {
  std::vector<Parameter> parameters;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const Segment kind = kind_of(pattern[i]);
    if (kind == Segment::literal) continue;
    std::string value = std::move(path[i]);
    for (size_t next = i + 1; kind == Segment::rest && next < path.size(); ++next) value += "/" + path[next];
    parameters.push_back({name_of(pattern[i]), std::move(value)});
  }
  return parameters;
}

std::string join(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

void Router::add(std::string method, std::string pattern, Handler handler) {
  add(std::move(method), std::move(pattern), Guarded<Handler>{std::move(handler), {}});
}

void Router::add(std::string method, std::string pattern, Guarded<Handler> guarded) {
  std::vector<std::string> segments = split_pattern(pattern);
  insert({std::move(method), std::move(pattern), std::move(guarded.handler), std::move(segments),
          std::move(guarded.right)});
}

void Router::add_stream(std::string method, std::string pattern, StreamHandler handler) {
  add_stream(std::move(method), std::move(pattern), Guarded<StreamHandler>{std::move(handler), {}});
}

void Router::add_stream(std::string method, std::string pattern, Guarded<StreamHandler> guarded) {
  std::vector<std::string> segments = split_pattern(pattern);
  insert({std::move(method), std::move(pattern), std::move(guarded.handler), std::move(segments),
          std::move(guarded.right)});
}

void Router::insert(Route route) {
  assert(std::ranges::none_of(
      routes_, [&](const Route& old) { return old.method == route.method && old.pattern == route.pattern; }));
  routes_.insert(std::ranges::upper_bound(routes_, route, more_specific), std::move(route));
}

Result<const Router::Route*> Router::match(Request& request, std::string& allowed) const {
  const bool any_path = request.path == "*";
  std::vector<std::string> path;
  if (!any_path) {
    LG_ASSIGN(path, decode_segments(request.path));
  }
  std::set<std::string> methods;
  const Route* stand_in = nullptr;  // a GET route for HEAD
  for (const Route& route : routes_) {
    if (!any_path && !fits(route.segments, path)) continue;
    methods.insert(route.method);
    if (route.method == "GET") methods.insert("HEAD");
    if (any_path) continue;
    const bool exact = route.method == request.method;
    if (!exact && !(request.method == "HEAD" && route.method == "GET")) continue;
    if (exact || stand_in == nullptr) stand_in = &route;
    if (exact) break;
  }
  if (stand_in != nullptr) {
    request.route = stand_in->pattern;
    request.path_parameters = parameters_of(stand_in->segments, path);
    return stand_in;
  }
  if (methods.empty()) {
    return fail(codes::route_not_found, "Nothing is served at '{}'. Check the path; / lists where the APIs are.",
                request.path);
  }
  allowed = join(methods);
  return fail(codes::method_not_allowed, "'{}' does not take {}; it takes {}.", request.path, request.method, allowed);
}

}  // namespace lakegate::http
