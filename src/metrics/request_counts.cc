#include "metrics/request_counts.h"

#include <algorithm>
#include <iterator>

namespace lakegate::metrics {
namespace {

constexpr std::array<const char*, 5> class_names = {"1xx", "2xx", "3xx", "4xx", "5xx"};
constexpr int unavailable = 503;

}  // namespace

RequestCounts::RequestCounts(const http::Router& router) {
  for (const http::Router::Route& route : router.routes()) routes_.try_emplace(route.pattern);
  routes_.try_emplace(std::string_view());
}

void RequestCounts::request_finished(const http::FinishedRequest& request) {
  received_.fetch_add(request.body_bytes_in, std::memory_order_relaxed);
  sent_.fetch_add(request.body_bytes_out, std::memory_order_relaxed);
  if (request.status == unavailable) overloaded_.fetch_add(1, std::memory_order_relaxed);
  const auto route = routes_.find(request.route);
  if (route == routes_.end()) return;
  const auto known = std::ranges::find(methods.begin(), std::prev(methods.end()), request.method);
  Counts& counts = route->second[static_cast<size_t>(known - methods.begin())];
  const size_t status_class = std::clamp<size_t>(static_cast<size_t>(request.status) / 100, 1, classes) - 1;
  counts.answers[status_class].fetch_add(1, std::memory_order_relaxed);
  counts.durations.add(request.duration);
}

// Those that were asked for at least once, in no order.
template <class Visit>
void RequestCounts::visit_used(Visit visit) const {
  for (const auto& [pattern, by_method] : routes_) {
    const std::string_view route = pattern.empty() ? "none" : pattern;
    for (size_t i = 0; i < methods.size(); ++i) {
      const auto is_used = [](const auto& count) { return count.load(std::memory_order_relaxed) > 0; };
      if (std::ranges::any_of(by_method[i].answers, is_used)) visit(route, methods[i], by_method[i]);
    }
  }
}

void RequestCounts::expose(Exposition& out) const {
  out.begin_counter("lakegate_http_requests_total", "Requests answered, by class of the status.");
  visit_used([&](std::string_view route, const char* method, const Counts& counts) {
    for (size_t i = 0; i < classes; ++i) {
      const int64_t count = counts.answers[i].load(std::memory_order_relaxed);
      if (count > 0)
        out.add(static_cast<double>(count), {{"method", method}, {"route", route}, {"status", class_names[i]}});
    }
  });
  out.begin_histogram("lakegate_http_request_duration_seconds",
                      "From a request's first byte to its answer's last; what clients take to send is in it.");
  visit_used([&](std::string_view route, const char* method, const Counts& counts) {
    out.add(counts.durations.read(), microsecond, {{"method", method}, {"route", route}});
  });
  out.counter("lakegate_http_received_bytes_total", "Bytes of request bodies.", static_cast<double>(received_));
  out.counter("lakegate_http_sent_bytes_total", "Bytes of answers' bodies.", static_cast<double>(sent_));
  out.counter("lakegate_http_overloaded_total", "Requests answered 503: too many connections, too much work waiting.",
              static_cast<double>(overloaded_));
}

}  // namespace lakegate::metrics
