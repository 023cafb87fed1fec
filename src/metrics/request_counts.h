// RequestCounts: what the transport answered, by route.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/histogram.h"
#include "http/router.h"
#include "http/server.h"
#include "metrics/exposition.h"

namespace lakegate::metrics {

// Thread-safe; counting takes no lock: the routes are known beforehand. A method that no route has counts as "other",
// an address that no route has as "none", so that no client can make new series.
class RequestCounts final : public http::RequestObserver {
 public:
  // Of all routes of the router, which is filled and outlives this.
  explicit RequestCounts(const http::Router& router);

  void request_finished(const http::FinishedRequest& request) override;
  void expose(Exposition& out) const;

 private:
  static constexpr size_t classes = 5;  // 1xx to 5xx
  static constexpr std::array<const char*, 8> methods = {"GET",   "HEAD",   "POST",    "PUT",
                                                         "PATCH", "DELETE", "OPTIONS", "other"};
  struct Counts {
    std::array<std::atomic<int64_t>, classes> answers{};
    DurationHistogram durations;
  };
  using OfRoute = std::array<Counts, methods.size()>;

  template <class Visit>
  void visit_used(Visit visit) const;

  std::unordered_map<std::string_view, OfRoute> routes_;  // by pattern; not changed after the constructor
  std::atomic<int64_t> received_ = 0;
  std::atomic<int64_t> sent_ = 0;
  std::atomic<int64_t> overloaded_ = 0;
};

}  // namespace lakegate::metrics
