#include "http/trace_context.h"

#include <gtest/gtest.h>

namespace lakegate::http {
namespace {

constexpr std::string_view trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr std::string_view caller = "00f067aa0ba902b7";

TraceContext continued(const Headers& headers) {
  SeededRandom random(7);
  return continue_trace(headers, random);
}

bool goes_on(std::string_view found) { return continued({{"Traceparent", std::string(found)}}).trace_id == trace_id; }

// Rows of the W3C's test suite for level 1 (test_traceparent_*), and some more.
void check(std::string_view found, bool expected) {
  SCOPED_TRACE(found);
  EXPECT_EQ(goes_on(found), expected);
}

TEST(TraceContext, TakesWhatIsValid) {
  check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true);
  check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", true);
  check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff", true);
  check(" 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\t", true);
  check("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true);
  check("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-later", true);
}

TEST(TraceContext, BeginsAnewForWhatIsNot) {
  check("", false);
  check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0", false);
  check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-", false);
  check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", false);
  check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.", false);
  check("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what", false);
  check("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false);
  check(".0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false);
  check("0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false);
  check("000-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false);
  check("CC-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false);
  check("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false);
  check("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false);
  check("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false);
  check("00-.bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false);
  check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-.0", false);
  check("00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01", false);
  check("00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01x", false);
}

TEST(TraceContext, TwoCallersAreNone) {
  const std::string one = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  EXPECT_NE(continued({{"traceparent", one}, {"traceparent", one}}).trace_id, trace_id);
}

TEST(TraceContext, OursIsASpanOfTheCallers) {
  const TraceContext trace = continued({{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03"}});
  EXPECT_EQ(trace.parent_id, caller);
  EXPECT_EQ(trace.span_id.size(), 16U);
  EXPECT_NE(trace.span_id, caller);
  // Flags that level 1 does not know are not passed on.
  EXPECT_EQ(trace.traceparent(), "00-4bf92f3577b34da6a3ce929d0e0e4736-" + trace.span_id + "-01");
}

TEST(TraceContext, WithoutACallerItBegins) {
  const TraceContext trace = continued({});
  EXPECT_EQ(trace.trace_id.size(), 32U);
  EXPECT_TRUE(trace.parent_id.empty());
  EXPECT_EQ(trace.traceparent(), "00-" + trace.trace_id + "-" + trace.span_id + "-00");
  EXPECT_EQ(TraceContext().traceparent(), "");
}

}  // namespace
}  // namespace lakegate::http
