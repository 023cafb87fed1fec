#include "metrics/exposition.h"

#include <gtest/gtest.h>

namespace lakegate::metrics {
namespace {

constexpr std::array<int64_t, 2> bounds = {1'000, 2'000'000};

TEST(Exposition, WritesTheTextFormat) {
  Histogram<bounds> histogram;
  for (const int64_t us : {500, 1'500'000, 3'000'000}) histogram.add(us);
  Exposition out;
  out.begin_counter("x_total", "How often.");
  out.add(3, {{"kind", "a\"b"}});
  out.gauge("y_bytes", "How much.", 1.5);
  out.durations("z_seconds", "How long.", histogram.read());
  EXPECT_EQ(out.text(),
            "# HELP x_total How often.\n# TYPE x_total counter\nx_total{kind=\"a\\\"b\"} 3\n"
            "# HELP y_bytes How much.\n# TYPE y_bytes gauge\ny_bytes 1.5\n"
            "# HELP z_seconds How long.\n# TYPE z_seconds histogram\nz_seconds_count 3\nz_seconds_sum 4.5005\n"
            "z_seconds_bucket{le=\"0.001\"} 1\nz_seconds_bucket{le=\"2\"} 2\nz_seconds_bucket{le=\"+Inf\"} 3\n");
}

TEST(Exposition, LeavesOutWhatHasNoFigures) {
  Exposition out;
  out.begin_counter("x_total", "None yet.");
  out.gauge("y", "Some.", 1);
  EXPECT_EQ(out.text().find("x_total"), std::string::npos);
}

}  // namespace
}  // namespace lakegate::metrics
