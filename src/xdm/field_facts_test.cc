#include "xdm/field_facts.h"

#include <gtest/gtest.h>

#include "xdm/case_fold.h"

namespace lakegate::xdm {
namespace {

TEST(FieldFacts, AreAllottedOnceInOrder) {
  FieldFacts facts;
  EXPECT_EQ(facts.of("", "a"), (FieldFact{"a", 1, "a"}));
  EXPECT_EQ(facts.of("a", "b"), (FieldFact{"a/b", 2, "b"}));
  EXPECT_EQ(facts.of("", "a"), (FieldFact{"a", 1, "a"}));
  EXPECT_EQ(facts.added().size(), 2u);
  EXPECT_EQ(facts.last_field_id(), 2);
}

TEST(FieldFacts, GoOnFromWhatIsKnown) {
  FieldFacts facts({{"a", 7, "a"}, {"A", 9, "A_1"}, {"s/x", 4, "x"}});
  EXPECT_EQ(facts.of("", "A").field_id, 9);
  EXPECT_EQ(facts.of("", "á"), (FieldFact{"á", 10, "á"}));
  EXPECT_EQ(facts.of("s", "X"), (FieldFact{"s/X", 11, "X_1"}));
  EXPECT_EQ(facts.of("", "a_1"), (FieldFact{"a_1", 12, "a_1_1"}));
  ASSERT_EQ(facts.added().size(), 3u);
  EXPECT_EQ(facts.added().front().path, "á");
}

// Names that differ only in case: the later one by id has the suffix.
TEST(FieldFacts, TellTwinsApart) {
  FieldFacts facts;
  EXPECT_EQ(facts.of("", "POIDetail").table_name, "POIDetail");
  EXPECT_EQ(facts.of("", "poiDetail").table_name, "poiDetail_1");
  EXPECT_EQ(facts.of("", "POIDETAIL").table_name, "POIDETAIL_2");
  EXPECT_EQ(facts.of("POIDetail", "poiDetail").table_name, "poiDetail");
  EXPECT_EQ(facts.of("", "poiDetail_1").table_name, "poiDetail_1_1");
}

TEST(FieldFacts, KeepPathsApart) {
  FieldFacts facts;
  facts.of("", "a");
  EXPECT_NE(facts.of("a", "b").field_id, facts.of("", "a/b").field_id);
  EXPECT_NE(facts.of("", "a~1b").field_id, facts.of("", "a/b").field_id);
  EXPECT_EQ(child_path("x", "a/~b"), "x/a~1~0b");
}

void check_fold(std::string_view name, std::string_view expected) { EXPECT_EQ(fold_case(name), expected); }

TEST(FoldCase, KnowsCommonAlphabets) {
  check_fold("AbZ_09", "abz_09");
  check_fold("ÄÖÜß×", "äöüß×");
  check_fold("ŁŻŸĞ", "łżÿğ");
  check_fold("ΑΩ", "αω");
  check_fold("ЖЁ", "жё");
  check_fold("日本", "日本");
  check_fold("\xC3", "\xC3");
  check_fold(
      "\xFF"
      "A",
      "\xFF"
      "a");
}

}  // namespace
}  // namespace lakegate::xdm
