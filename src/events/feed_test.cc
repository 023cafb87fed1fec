#include "events/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "events/error_codes.h"
#include "ledger/ledger_test_support.h"
#include "ledger/retention.h"
#include "model/error_codes.h"

namespace lakegate::events {
namespace {

TEST(Feed, CursorsAreGoodInTheirSandboxAlone) {
  for (const int64_t position : {int64_t{0}, int64_t{1}, int64_t{987'654'321'012}}) {
    const std::string cursor = feed_cursor("s1", position);
    EXPECT_EQ(must(parse_feed_cursor("s1", cursor)), position);
    for (const std::string& wrong : {feed_cursor("s2", position), cursor + "0", "1" + cursor, cursor.substr(1),
                                     std::to_string(position), std::string("-1-00000000"), std::string()}) {
      EXPECT_EQ(refusal_of(parse_feed_cursor("s1", wrong)).code, &codes::event_cursor_invalid) << wrong;
    }
  }
}

class FeedTest : public testing::Test {
 protected:
  Result<FeedPage> read(int64_t after) {
    return world_.read([&](ReadTx& tx) { return read_feed(tx, sight_, {.after = after}); });
  }
  LedgerWorld world_;
  const Sight sight_ = Sight::whole(world_.scope());
};

TEST_F(FeedTest, SaysWhatIsMissing) {
  for (int i = 0; i < 3; ++i) world_.insert_batch();
  EXPECT_EQ(must(read(1)).removed, 0);
  EXPECT_EQ(must(read(1)).page.events.size(), 2U);
  must(world_.write([&](Tx& tx) { return ledger::prune(tx, {.events = 0}, world_.now() + 1'000, 100); }));
  EXPECT_EQ(must(read(1)).removed, 2);
  EXPECT_EQ(must(read(1)).page.events.size(), 1U);
  EXPECT_EQ(must(read(2)).removed, 0);  // it read all that is gone
  EXPECT_EQ(must(read(0)).removed, 0);  // it wants what is kept
}

TEST_F(FeedTest, RefusesWhatIsYetToCome) {
  world_.insert_batch();
  EXPECT_TRUE(must(read(1)).page.events.empty());
  EXPECT_EQ(refusal_of(read(2)).code, &codes::event_cursor_invalid);
}

TEST_F(FeedTest, DatasetsAreThoseThatAreSeen) {
  const DatasetId foreign = world_.insert_dataset(world_.other_org(), "theirs");
  const DatasetId second = world_.insert_dataset(world_.scope(), "second");
  const auto check = [&](const Sight& sight, const DatasetId& id) {
    return world_.read([&](ReadTx& tx) { return check_datasets(tx, sight, {&id, 1}); });
  };
  EXPECT_TRUE(check(sight_, second).has_value());
  EXPECT_EQ(refusal_of(check(sight_, foreign)).code->id, codes::dataset_not_found.id);
  EXPECT_EQ(refusal_of(check(sight_, DatasetId("nowhere"))).code->id, codes::dataset_not_found.id);
  const auto rights =
      std::make_shared<const SandboxRights>(Rights(), std::map<DatasetId, Rights>{{world_.dataset(), Right::read}});
  const Sight narrow(world_.scope(), Right::read, rights);
  EXPECT_TRUE(check(narrow, world_.dataset()).has_value());
  EXPECT_EQ(refusal_of(check(narrow, second)).code->id, codes::dataset_not_found.id);
}

}  // namespace
}  // namespace lakegate::events
