// How much of the log the way of a small batch takes: each page that a commit touches is written whole, so an index on
// something that every step changes shows here.
#include <gtest/gtest.h>

#include <filesystem>

#include "ledger/batches.h"
#include "ledger/ledger_test_support.h"
#include "ledger/objects.h"
#include "ledger/verdicts.h"

namespace lakegate {
namespace {

class LogPagesTest : public testing::Test {
 protected:
  // In the log since it was begun; nothing copies it while a test runs.
  int64_t pages() const {
    constexpr int64_t log_head = 32;
    constexpr int64_t page_with_head = 4096 + 24;
    const auto bytes = static_cast<int64_t>(std::filesystem::file_size(world_.file().string() + "-wal"));
    return (bytes - log_head) / page_with_head;
  }

  // What the server's five commits write of the batch's own rows: created, named, completed, staged, active.
  BatchId lead_batch() {
    const BatchId id = world_.insert_batch();
    world_.put_file(id, "a");
    world_.move(id, BatchEvent::complete);
    const ObjectKey object = must(world_.read([&](ReadTx& tx) { return ledger::find_file(tx, id, "a"); })).object;
    must(world_.write([&](Tx& tx) -> Status {
      LG_TRY(ledger::record_verdict(tx, object, LedgerWorld::good_report(), world_.now()));
      LG_TRY(ledger::set_totals(tx, id, {.file_count = 1, .size_bytes = 100, .record_count = 10}));
      LG_TRY(ledger::transition(tx, id, BatchEvent::take, world_.now(), "test"));
      LG_TRY(ledger::transition(tx, id, BatchEvent::judged, world_.now(), "test"));
      return {};
    }));
    world_.move(id, BatchEvent::promote);
    return id;
  }

  LedgerWorld world_;
};

TEST_F(LogPagesTest, OfABatchFromItsCreationToActive) {
  for (int i = 0; i < 4; ++i) lead_batch();
  const int64_t before = pages();
  constexpr int64_t batches = 6;
  for (int64_t i = 0; i < batches; ++i) lead_batch();
  const int64_t each = (pages() - before) / batches;
  RecordProperty("pages", static_cast<int>(each));
  EXPECT_LE(each, 60);  // five of them are the index by which a dataset's events are found
  EXPECT_GE(each, 20) << "the log is not what is counted here";
}

}  // namespace
}  // namespace lakegate
