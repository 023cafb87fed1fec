#include "metrics/exposition.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <sstream>
#include <vector>

namespace lakegate::metrics {
namespace {

prometheus::ClientMetric labelled(Labels labels) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : labels) metric.label.push_back({name, std::string(value)});
  return metric;
}

}  // namespace

struct Exposition::Families {
  std::vector<prometheus::MetricFamily> all;

  void begin(const char* name, const char* help, prometheus::MetricType type) {
    if (!all.empty() && all.back().metric.empty()) all.pop_back();
    all.push_back({.name = name, .help = help, .type = type, .metric = {}});
  }
};

Exposition::Exposition() : families_(std::make_unique<Families>()) {}
Exposition::~Exposition() = default;

void Exposition::begin_counter(const char* name, const char* help) {
  families_->begin(name, help, prometheus::MetricType::Counter);
}

void Exposition::begin_gauge(const char* name, const char* help) {
  families_->begin(name, help, prometheus::MetricType::Gauge);
}

void Exposition::begin_histogram(const char* name, const char* help) {
  families_->begin(name, help, prometheus::MetricType::Histogram);
}

void Exposition::add(double value, Labels labels) {
  prometheus::MetricFamily& family = families_->all.back();
  prometheus::ClientMetric metric = labelled(labels);
  (family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(std::move(metric));
}

void Exposition::add(const HistogramCounts& counts, double unit, Labels labels) {
  prometheus::ClientMetric metric = labelled(labels);
  uint64_t total = 0;
  for (size_t i = 0; i < counts.counts.size(); ++i) {
    total += static_cast<uint64_t>(counts.counts[i]);
    const double bound = i < counts.bounds.size() ? static_cast<double>(counts.bounds[i]) * unit
                                                  : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({.cumulative_count = total, .upper_bound = bound});
  }
  metric.histogram.sample_count = total;
  metric.histogram.sample_sum = static_cast<double>(counts.sum) * unit;
  families_->all.back().metric.push_back(std::move(metric));
}

void Exposition::counter(const char* name, const char* help, double value) {
  begin_counter(name, help);
  add(value);
}

void Exposition::gauge(const char* name, const char* help, double value) {
  begin_gauge(name, help);
  add(value);
}

void Exposition::durations(const char* name, const char* help, const HistogramCounts& microseconds) {
  begin_histogram(name, help);
  add(microseconds, microsecond);
}

void Exposition::sizes(const char* name, const char* help, const HistogramCounts& counts) {
  begin_histogram(name, help);
  add(counts, as_counted);
}

std::string Exposition::text() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families_->all);
  return std::move(out).str();
}

}  // namespace lakegate::metrics
