#include "model/validation_report_json.h"

#include <gtest/gtest.h>

#include <string>

namespace lakegate {
namespace {

ValidationReport good_report() {
  ValidationReport report;
  report.verdict = Verdict::good;
  report.record_count = 12;
  report.statistics = {{.field_id = 1,
                        .size_bytes = 10,
                        .value_count = 12,
                        .null_count = 2,
                        .lower_bound = std::string("\0\xff", 2),
                        .upper_bound = {}},
                       {.field_id = 7, .lower_bound = {}, .upper_bound = ""}};
  report.split_offsets = {4, 900};
  report.columns_present = {1, 7};
  report.content_xxh3 = 0xfedcba9876543210;
  report.sent_bytes = 1000;
  report.table_bytes = 1200;
  report.origin = FileOrigin::normalised;
  return report;
}

ValidationReport bad_report() {
  ValidationReport report;
  report.violation_count = 3;
  report.failed_record_count = 2;
  report.violations = {{.code = "INGEST-1555-400",
                        .column = "a.b",
                        .rows = {0, 5},
                        .row_count = 200,
                        .found = "null",
                        .expected = "\"ü\"",
                        .remedy = ""}};
  report.sent_bytes = 5;
  return report;
}

TEST(ValidationReportJson, ComesBack) {
  for (const ValidationReport& report : {good_report(), bad_report()}) {
    const auto read = validation_report_from_json(validation_report_to_json(report));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(*read, report);
  }
}

// A report in which `from` reads `to` is refused.
void refused(const ValidationReport& report, std::string_view from, std::string_view to) {
  SCOPED_TRACE(to);
  std::string text = validation_report_to_json(report);
  const size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, from.size(), to);
  EXPECT_FALSE(validation_report_from_json(text).has_value());
}

TEST(ValidationReportJson, TrustsNobody) {
  refused(good_report(), R"("good")", R"("bad")");
  refused(good_report(), R"("good")", R"("fine")");
  refused(good_report(), R"("recordCount":12)", R"("recordCount":-1)");
  refused(good_report(), R"("recordCount":12)", R"("recordCount":"12")");
  refused(good_report(), R"("recordCount":12,)", "");
  refused(good_report(), "[4,900]", "[900,4]");
  refused(good_report(), "[1,7]", "[1,4294967297]");
  refused(good_report(), R"("id":7)", R"("id":1)");
  refused(good_report(), R"("nulls":2)", R"("nulls":13)");
  refused(good_report(), "00ff", "00f");
  refused(good_report(), "00ff", "00FG");
  refused(good_report(), "1200", "900");
  refused(good_report(), R"("origin":"normalised")", R"("origin":"")");
  refused(good_report(), R"("version":1)", R"("version":2)");
  refused(bad_report(), R"("bad")", R"("good")");
  refused(bad_report(), "INGEST-1555-400", "NO-SUCH-CODE");
  refused(bad_report(), "[0,5]", "[5,0]");
  refused(bad_report(), R"("rowCount":200)", R"("rowCount":1)");
  refused(bad_report(), R"("violationCount":3)", R"("violationCount":0)");
}

TEST(ValidationReportJson, SurvivesEveryTruncation) {
  const std::string text = validation_report_to_json(good_report());
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(validation_report_from_json(std::string_view(text).substr(0, size)).has_value());
  }
}

}  // namespace
}  // namespace lakegate
