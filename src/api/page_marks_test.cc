#include "api/page_marks.h"

#include <gtest/gtest.h>

namespace lakegate::api {
namespace {

using ledger::BatchField;
using ledger::BatchQuery;
using ledger::Comparison;

const Sight scope = Sight::whole({OrgNumber{1}, SandboxNumber{2}});

Batch batch(Millis created) {
  Batch made;
  made.id = BatchId("b");
  made.created = created;
  return made;
}

// What the page at `start` goes on behind; -1: it is counted.
Millis place(PageMarks& marks, BatchQuery query, int64_t start, Millis now = 0, const Sight& of = scope) {
  query.start = start;
  const BatchQuery next = marks.go_on(of, query, now);
  EXPECT_EQ(next.start, next.after ? 0 : start);
  return next.after ? next.after->created : -1;
}

TEST(PageMarks, GoOnWhereThePageBeforeEnded) {
  PageMarks marks;
  const BatchQuery all{.start = 1'900, .limit = 100};
  marks.remember(scope, all, batch(7), 0);
  EXPECT_EQ(place(marks, all, 2'000), 7);
  EXPECT_EQ(place(marks, all, 2'000), 7) << "sent again";
  EXPECT_EQ(place(marks, all, 1'999), -1);
  EXPECT_EQ(place(marks, all, 2'000, page_mark_life), 7);
  EXPECT_EQ(place(marks, all, 2'000, page_mark_life + 1), -1);
  EXPECT_EQ(place(marks, all, 2'000, 0, Sight::whole({OrgNumber{2}, SandboxNumber{2}})), -1);
  const Sight narrow(scope, Right::read,
                     std::make_shared<const SandboxRights>(Rights(), std::map<DatasetId, Rights>()));
  EXPECT_EQ(place(marks, all, 2'000, 0, narrow), -1) << "other rows are before its pages";
  BatchQuery other = all;
  other.filters = {{BatchField::status, Comparison::any_of, {"failed"}}};
  EXPECT_EQ(place(marks, other, 2'000), -1);
  other = all;
  other.tags = {{"k", "v"}};
  EXPECT_EQ(place(marks, other, 2'000), -1);
  other = all;
  other.order = {{BatchField::created}};
  EXPECT_EQ(place(marks, other, 2'000), -1);
}

TEST(PageMarks, OnlyOfLongListsByTime) {
  PageMarks marks;
  const BatchQuery first{.start = 0, .limit = 100};
  marks.remember(scope, first, batch(7), 0);
  EXPECT_EQ(place(marks, first, 100), -1);
  const BatchQuery by_size{.order = {{BatchField::size}}, .start = 1'900, .limit = 100};
  marks.remember(scope, by_size, batch(7), 0);
  EXPECT_EQ(place(marks, by_size, 2'000), -1);
}

TEST(PageMarks, AreBounded) {
  PageMarks marks;
  for (int64_t i = 0; i <= static_cast<int64_t>(page_marks_max); ++i)
    marks.remember(scope, {.start = 1'000 + i, .limit = 1}, batch(i), 0);
  EXPECT_EQ(place(marks, {.limit = 1}, 1'001), -1);
  EXPECT_EQ(place(marks, {.limit = 1}, 1'002), 1);
}

}  // namespace
}  // namespace lakegate::api
