// Verdicts: once for each object, counted in its batch, and read back as they were.
#include "ledger/verdicts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/ledger_test_support.h"
#include "ledger/objects.h"
#include "model/error_codes.h"

namespace lakegate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class VerdictsTest : public testing::Test {
 protected:
  Status record(const ObjectKey& object, const ValidationReport& report) {
    return world_.write([&](Tx& tx) { return ledger::record_verdict(tx, object, report, world_.now()); });
  }
  std::optional<ValidationReport> find(const ObjectKey& object) {
    return must(world_.read([&](ReadTx& tx) { return ledger::find_verdict(tx, object); }));
  }
  std::vector<ledger::UnjudgedFile> unjudged(int64_t limit = 100) {
    return must(world_.read([&](ReadTx& tx) { return ledger::unjudged_files(tx, limit); }));
  }
  ledger::Judgement judgement() {
    return must(world_.read([&](ReadTx& tx) { return ledger::judgement(tx, batch_); }));
  }

  LedgerWorld world_;
  const BatchId batch_ = world_.insert_batch();
};

TEST_F(VerdictsTest, ComesBackWhole) {
  const ValidationReport reports[] = {LedgerWorld::good_report(), LedgerWorld::bad_report()};
  for (const ValidationReport& report : reports) {
    const BatchFile file = world_.put_file(batch_, report.verdict == Verdict::good ? "good" : "bad");
    EXPECT_FALSE(find(file.object).has_value());
    must(record(file.object, report));
    EXPECT_EQ(find(file.object), report);
  }
  EXPECT_FALSE(find(ObjectKey("nowhere")).has_value());
}

TEST_F(VerdictsTest, SecondVerdictChangesNothing) {
  const BatchFile file = world_.put_file(batch_, "a");
  must(record(file.object, LedgerWorld::good_report()));
  must(record(file.object, LedgerWorld::bad_report()));
  EXPECT_EQ(find(file.object), LedgerWorld::good_report());
  EXPECT_EQ(judgement().good, 1);
  EXPECT_EQ(judgement().bad, 0);
}

TEST_F(VerdictsTest, OnlyOfLiveObjectsThatWait) {
  EXPECT_EQ(refusal_of(record(ObjectKey("nowhere"), LedgerWorld::good_report())).kind(), ErrorKind::not_found);
  const ObjectKey writing = world_.begin_object(batch_);
  EXPECT_EQ(refusal_of(record(writing, LedgerWorld::good_report())).kind(), ErrorKind::not_found);
  must(world_.write([&](Tx& tx) { return ledger::initialize_file(tx, batch_, "open", writing, 10, 1); }));
  EXPECT_EQ(refusal_of(record(writing, LedgerWorld::good_report())).kind(), ErrorKind::not_found);

  const BatchFile file = world_.put_file(batch_, "a");
  must(world_.write([&](Tx& tx) { return ledger::condemn_object(tx, file.object, 5); }));
  EXPECT_EQ(refusal_of(record(file.object, LedgerWorld::good_report())).kind(), ErrorKind::not_found);
  EXPECT_FALSE(find(file.object).has_value());
}

TEST_F(VerdictsTest, GivesOutWorkInTheOrderOfArrival) {
  const BatchFile first = world_.put_file(batch_, "b");
  Batch other = world_.new_batch();
  other.scope = world_.other_org();
  other.dataset_id = world_.insert_dataset(other.scope, "theirs");
  world_.insert_batch(other);
  const BatchFile second = world_.put_file(other.id, "a");
  const BatchFile third = world_.put_file(batch_, "a");

  const auto work = unjudged();
  ASSERT_EQ(work.size(), 3U);
  EXPECT_EQ(work[0].file.object, first.object);
  EXPECT_EQ(work[0].file.path, "b");
  EXPECT_EQ(work[0].dataset_id, world_.dataset());
  EXPECT_EQ(work[0].scope, world_.scope());
  EXPECT_EQ(work[0].schema_version, 1);
  EXPECT_EQ(work[1].file.object, second.object);
  EXPECT_EQ(work[1].scope, world_.other_org());
  EXPECT_EQ(work[1].dataset_id, other.dataset_id);
  EXPECT_EQ(work[2].file.object, third.object);
  EXPECT_EQ(unjudged(1).size(), 1U);

  must(record(first.object, LedgerWorld::bad_report()));
  world_.move_to(batch_, BatchStatus::staging);
  EXPECT_EQ(unjudged().size(), 2U);
  world_.move_to(other.id, BatchStatus::aborted);
  EXPECT_EQ(unjudged().size(), 1U);
}

TEST_F(VerdictsTest, CountsForTheBatch) {
  std::vector<BatchFile> files;
  for (const std::string path : {"a", "b", "c", "d", "e"}) files.push_back(world_.put_file(batch_, path));
  EXPECT_EQ(judgement().waiting, 5);
  must(record(files[0].object, LedgerWorld::good_report(100, 10)));
  must(record(files[1].object, LedgerWorld::good_report(100, 5)));
  must(record(files[2].object, LedgerWorld::bad_report(3)));
  must(record(files[3].object, LedgerWorld::bad_report(4)));
  EXPECT_EQ(judgement().good, 2);
  EXPECT_EQ(judgement().bad, 2);
  EXPECT_EQ(judgement().waiting, 1);
  EXPECT_EQ(judgement().record_count, 15);
  EXPECT_EQ(judgement().failed_record_count, 17);
  const ObjectKey open = world_.begin_object(batch_);
  must(world_.write([&](Tx& tx) { return ledger::initialize_file(tx, batch_, "open", open, 10, 1); }));
  EXPECT_EQ(judgement().waiting, 1) << "an open file is not a complete one";
}

TEST_F(VerdictsTest, PagesBadFiles) {
  std::vector<BatchFile> files;
  for (const std::string path : {"a", "b", "c", "d"}) {
    files.push_back(world_.put_file(batch_, path));
    must(record(files.back().object, path == "b" ? LedgerWorld::good_report() : LedgerWorld::bad_report()));
  }
  const auto bad = [&](int64_t after, int64_t limit) {
    std::vector<std::string> paths;
    for (const auto& verdict :
         must(world_.read([&](ReadTx& tx) { return ledger::bad_files(tx, batch_, after, limit); }))) {
      EXPECT_EQ(verdict.report, LedgerWorld::bad_report());
      paths.push_back(verdict.file.path);
    }
    return paths;
  };
  EXPECT_THAT(bad(0, 10), ElementsAre("a", "c", "d"));
  EXPECT_THAT(bad(1, 1), ElementsAre("c"));
  EXPECT_THAT(bad(4, 10), IsEmpty());
}

TEST_F(VerdictsTest, GoodFilesBecomeDataFiles) {
  std::vector<BatchFile> files;
  for (const std::string path : {"a", "b", "c"}) {
    files.push_back(world_.put_file(batch_, path));
    must(record(files.back().object, path == "b" ? LedgerWorld::bad_report() : LedgerWorld::good_report(100, 12)));
  }
  world_.put_file(batch_, "waits");
  const auto all = must(world_.read([&](ReadTx& tx) { return ledger::data_files(tx, batch_, 0, 10); }));
  ASSERT_EQ(all.size(), 2U);
  const ValidationReport report = LedgerWorld::good_report(100, 12);
  EXPECT_EQ(all[0].file_number, 1);
  EXPECT_EQ(all[0].file.object, files[0].object);
  EXPECT_EQ(all[0].file.batch_id, batch_);
  EXPECT_EQ(all[0].file.record_count, 12);
  EXPECT_EQ(all[0].file.file_size_bytes, 120);
  EXPECT_EQ(all[0].file.split_offsets, report.split_offsets);
  EXPECT_EQ(all[0].file.statistics, report.statistics);
  EXPECT_EQ(all[1].file_number, 3);
  const auto page = must(world_.read([&](ReadTx& tx) { return ledger::data_files(tx, batch_, 1, 1); }));
  ASSERT_EQ(page.size(), 1U);
  EXPECT_EQ(page[0].file_number, 3);
}

}  // namespace
}  // namespace lakegate
