// Exposition: figures by name, as the text that Prometheus reads. The only user of prometheus-cpp.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/histogram.h"

namespace lakegate::metrics {

// "name" and value; names of static storage.
using Labels = std::initializer_list<std::pair<const char*, std::string_view>>;

// One scrape. A metric begins with its name and help, then gets its figures; names, units and labels are documented in
// docs/metrics.md, which a test compares with what a server says.
class Exposition {
 public:
  Exposition();
  ~Exposition();

  // Names end with _total; only ever rise.
  void begin_counter(const char* name, const char* help);
  void begin_gauge(const char* name, const char* help);
  // In base units: seconds for durations.
  void begin_histogram(const char* name, const char* help);

  void add(double value, Labels labels = {});
  void add(const HistogramCounts& counts, double unit, Labels labels = {});

  // With one figure without labels.
  void counter(const char* name, const char* help, double value);
  void gauge(const char* name, const char* help, double value);
  void durations(const char* name, const char* help, const HistogramCounts& microseconds);
  void sizes(const char* name, const char* help, const HistogramCounts& counts);

  // Text format 0.0.4. Metrics without figures are left out.
  std::string text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

inline constexpr double microsecond = 1e-6;  // units for histograms, in seconds; and as they are
inline constexpr double as_counted = 1;

}  // namespace lakegate::metrics
