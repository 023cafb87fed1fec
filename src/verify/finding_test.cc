#include "verify/finding.h"

#include <gtest/gtest.h>

#include "verify/verify_output.h"

namespace lakegate::verify {
namespace {

constexpr FindingKind lost{"object-missing", Severity::damage, "Take it from a backup."};
constexpr FindingKind left{"orphan", Severity::leftover, "--repair removes it."};

TEST(Findings, AllAreCountedAndTheFirstAreKept) {
  Findings findings;
  const int64_t count = Findings::kept_per_kind_max + 7;
  for (int64_t i = 0; i < count; ++i) findings.add({lost, "object " + std::to_string(i), "nothing", "bytes"});
  findings.add({left, "other", "bytes", "nothing", true});
  EXPECT_EQ(findings.damage_count(), count);
  EXPECT_EQ(findings.leftover_count(), 1);
  EXPECT_EQ(findings.repaired_count(), 1);
  EXPECT_EQ(findings.count("object-missing"), count);
  EXPECT_EQ(findings.count("nothing-of-the-kind"), 0);
  EXPECT_EQ(findings.left_out(), 7);
  ASSERT_EQ(findings.kept().size(), static_cast<size_t>(Findings::kept_per_kind_max) + 1);
  EXPECT_EQ(findings.kept()[0].where, "object 0");
  EXPECT_EQ(findings.kept().back().kind.id, "orphan");
}

std::string last_line(const VerifyReport& report, bool repair) {
  const std::string text = to_text(report, repair);
  return text.substr(text.rfind('\n', text.size() - 2) + 1);
}

TEST(VerifyOutput, LastLineIsTheSum) {
  VerifyReport report;
  EXPECT_EQ(last_line(report, false), "sound: no finding\n");
  report.findings.add({left, "a", "bytes", "nothing"});
  EXPECT_EQ(last_line(report, false), "sound: no damage; 1 leftovers that nobody needs\n");
  EXPECT_EQ(last_line(report, true), "sound: no damage; 1 leftovers that nobody needs, 0 of them removed\n");
  EXPECT_TRUE(report.is_sound());
  report.findings.add({lost, "b", "nothing", "bytes"});
  EXPECT_EQ(last_line(report, true),
            "DAMAGED: 1 findings of damage, 1 leftovers. docs/verify.md explains each. Nothing was repaired.\n");
  EXPECT_FALSE(report.is_sound());
}

TEST(VerifyOutput, JsonHasEachFinding) {
  VerifyReport report;
  report.findings.add({lost, "object \"a\"", "nothing", "12 bytes"});
  const std::string text = to_json(report);
  EXPECT_NE(text.find(R"("sound":false,"damageCount":1,"leftoverCount":0,"repairedCount":0)"), std::string::npos);
  EXPECT_NE(text.find(R"({"code":"object-missing","severity":"damage","where":"object \"a\"","found":"nothing",)"
                      R"("expected":"12 bytes","toDo":"Take it from a backup.","repaired":false})"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace lakegate::verify
