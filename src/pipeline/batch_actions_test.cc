#include "pipeline/batch_actions.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <thread>
#include <vector>

#include "ledger/tables.h"
#include "pipeline/batch_world_test_support.h"

namespace lakegate::pipeline {
namespace {

using enum BatchStatus;
using ledger::code_of;

void expect_in(std::string_view text, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) {
    EXPECT_NE(text.find(part), std::string_view::npos) << part << " is not in: " << text;
  }
}

// Where each action leads from each state; nothing: refused, and the batch is as it was.
struct Row {
  BatchStatus from;
  std::optional<BatchStatus> complete;
  std::optional<BatchStatus> abort;
  std::optional<BatchStatus> fail;
  std::optional<BatchStatus> revert;
};
constexpr auto no = std::nullopt;
constexpr std::array rows = {
    //  from        COMPLETE   ABORT    FAIL    REVERT
    Row{loading, loaded, aborted, failed, no},  //
    Row{loaded, loaded, aborted, failed, no},   //
    Row{staging, staging, no, failed, no},      //
    Row{staged, staged, no, failed, no},        //
    Row{active, active, no, no, inactive},      //
    Row{failed, failed, no, no, no},            // by its data, after COMPLETE
    Row{aborted, no, aborted, no, no},          //
    Row{abandoned, no, no, no, no},             //
    Row{inactive, inactive, no, no, inactive},  // reverted
    Row{deleted, deleted, no, no, deleted},     //
};

TEST(BatchActions, FromEveryState) {
  BatchWorld world;
  int number = 0;
  for (const Row& row : rows) {
    const std::array expectations = {std::pair{BatchAction::complete, row.complete},
                                     std::pair{BatchAction::abort, row.abort}, std::pair{BatchAction::fail, row.fail},
                                     std::pair{BatchAction::revert, row.revert}};
    for (const auto& [action, to] : expectations) {
      SCOPED_TRACE(fmt::format("{} of a batch that is {}", to_string(action), to_string(row.from)));
      const BatchId id = world.batch_in(row.from, fmt::format("B{}", ++number));
      ASSERT_EQ(world.find(id).status, row.from);
      const auto errors_before = world.errors(id).size();
      const auto done = world.actions().perform(action, world.client(), id);
      EXPECT_EQ(world.find(id).status, to.value_or(row.from));
      if (to) {
        EXPECT_EQ(code_of(done), "");
        EXPECT_EQ(done ? done->status : row.from, *to);
        EXPECT_EQ(code_of(world.actions().perform(action, world.client(), id)), "") << "repeated";
        EXPECT_EQ(world.find(id).status, *to);
        continue;
      }
      ASSERT_EQ(code_of(done), "LG-1101-409");
      expect_in(done.error().message, {id.text(), to_string(row.from)});
      EXPECT_EQ(world.errors(id).size(), errors_before);
    }
  }
}

TEST(BatchActions, OnlyOnTheClientsOwnBatches) {
  BatchWorld world;
  const BatchId loading_batch = world.batch_in(loading, "B1");
  const BatchId active_batch = world.batch_in(active, "B2");
  for (const BatchAction action : {BatchAction::complete, BatchAction::abort, BatchAction::fail, BatchAction::revert}) {
    SCOPED_TRACE(to_string(action));
    EXPECT_EQ(code_of(world.actions().perform(action, world.other_client(), loading_batch)), "LG-1100-404");
    EXPECT_EQ(code_of(world.actions().perform(action, world.other_client(), active_batch)), "LG-1100-404");
    EXPECT_EQ(code_of(world.actions().perform(action, world.client(), BatchId("none"))), "LG-1100-404");
  }
  EXPECT_EQ(world.find(loading_batch).status, loading);
  EXPECT_EQ(world.find(active_batch).status, active);
}

TEST(BatchActions, CompleteFixesTheTotals) {
  BatchWorld world;
  const BatchId id = world.batch("B1");
  world.put(id, "a.parquet", "12345");
  world.put(id, "b/c.parquet", "123");
  world.initialize(id, "d.parquet");
  world.hold(id, "d.parquet", {0, 100}, 100);
  world.clock().advance_ms(50);
  const Batch done = must(world.actions().complete(world.client(), id));
  for (const Batch& batch : {done, world.find(id)}) {
    EXPECT_EQ(batch.file_count, 3);
    EXPECT_EQ(batch.size_bytes, 108);
    EXPECT_EQ(batch.started, world.clock().now_ms());
    EXPECT_EQ(batch.updated_user, "user-1");
  }
  EXPECT_EQ(world.history(id), "loading>loaded COMPLETE by client");
}

TEST(BatchActions, CompleteOfNothing) {
  BatchWorld world;
  const BatchId id = world.batch("B1");
  EXPECT_EQ(code_of(world.actions().complete(world.client(), id)), "LG-1102-400");
  EXPECT_EQ(world.find(id).status, loading);
}

TEST(BatchActions, CompleteNamesEveryGapOfEveryFile) {
  BatchWorld world;
  const BatchId id = world.batch("B1");
  world.put(id, "whole.parquet", "12345");
  world.initialize(id, "fine.parquet");
  world.hold(id, "fine.parquet", {0, 10}, 10);
  world.initialize(id, "a.parquet");
  world.hold(id, "a.parquet", {100, 200}, 1000);
  world.hold(id, "a.parquet", {300, 400}, 1000);
  world.initialize(id, "b/never.parquet");
  const auto refused = world.actions().complete(world.client(), id);
  ASSERT_EQ(code_of(refused), "LG-1103-400");
  expect_in(refused.error().message,
            {"\"a.parquet\" lacks bytes 0-99, 200-299, 400-999 of 1000", "\"b/never.parquet\"", "no part", "loading"});
  EXPECT_EQ(refused.error().message.find("fine.parquet"), std::string::npos) << refused.error().message;
  EXPECT_EQ(world.find(id).status, loading);

  world.hold(id, "a.parquet", {0, 100}, 1000);
  world.hold(id, "a.parquet", {200, 300}, 1000);
  world.hold(id, "a.parquet", {400, 1000}, 1000);
  world.hold(id, "b/never.parquet", {0, 1}, 1);
  const Batch done = must(world.actions().complete(world.client(), id));
  EXPECT_EQ(done.status, loaded);
  EXPECT_EQ(done.file_count, 4);
  EXPECT_EQ(done.size_bytes, 5 + 10 + 1000 + 1);
}

TEST(BatchActions, TheListOfGapsHasAnEnd) {
  BatchWorld world;
  const BatchId id = world.batch("B1");
  for (int file = 0; file < 25; ++file) world.initialize(id, fmt::format("f{:02}", file));
  for (int64_t part = 0; part < 30; ++part) world.hold(id, "f00", {10 * part, 10 * part + 5}, 1000);
  const auto refused = world.actions().complete(world.client(), id);
  ASSERT_EQ(code_of(refused), "LG-1103-400");
  expect_in(refused.error().message, {"195-199 and 10 more ranges of 1000", "f19", "and 5 more files"});
  EXPECT_EQ(refused.error().message.find("f20"), std::string::npos);
}

TEST(BatchActions, ManyOpenFilesAreStitchedInSeveralTransactions) {
  BatchWorld world;
  const BatchId id = world.batch("B1");
  const int64_t count = 1001;
  world.stitchable(id, count);
  const Batch done = must(world.actions().complete(world.client(), id));
  EXPECT_EQ(done.status, loaded);
  EXPECT_EQ(done.file_count, count);
  EXPECT_EQ(done.size_bytes, 2 * count);
}

TEST(BatchActions, AbortAndFailGiveUpWhatWasSent) {
  BatchWorld world;
  for (const BatchAction action : {BatchAction::abort, BatchAction::fail}) {
    SCOPED_TRACE(to_string(action));
    const BatchId id = world.batch(to_string(action));
    world.put(id, "a.parquet", "12345");
    world.initialize(id, "b.parquet");
    EXPECT_EQ(world.objects(id), "0 of 2");
    must(world.actions().perform(action, world.client(), id));
    EXPECT_EQ(world.objects(id), "2 of 2");
  }
}

TEST(BatchActions, FailNamesTheClient) {
  BatchWorld world;
  const BatchId id = world.batch_in(staged, "B1");
  must(world.actions().fail(world.client(), id));
  must(world.actions().fail(world.client(), id));
  const std::vector<BatchError> errors = world.errors(id);
  ASSERT_EQ(errors.size(), 1);
  EXPECT_EQ(errors[0].code, "LG-1109-400");
  expect_in(errors[0].description, {"client-1", "user-1", "FAIL", "staged"});
}

TEST(BatchActions, RevertTakesTheRowsOutOfTheTable) {
  BatchWorld world;
  const BatchId first = world.batch_in(active, "B1");
  const BatchId second = world.batch_in(active, "B2");
  must(world.actions().revert(world.client(), first));
  const auto table = must(world.ledger().read([&](ReadTx& tx) { return ledger::load_table(tx, world.dataset()); }));
  EXPECT_EQ(table.snapshots.back().summary.at("total-records"), "10");
  EXPECT_EQ(world.find(second).status, active);
  expect_in(world.history(first), {"active>inactive REVERT by client"});
}

TEST(BatchActions, RevertOfWhatSomethingElseTookOut) {
  BatchWorld world;
  const BatchId id = world.batch_in(active, "B1");
  must(world.promoter().revert(world.client().scope, id, BatchEvent::expire, "time is over"));
  EXPECT_EQ(code_of(world.actions().revert(world.client(), id)), "LG-1101-409");
}

TEST(BatchActions, TwoRevertsAtOnceAreOne) {
  BatchWorld world;
  const BatchId id = world.batch_in(active, "B1");
  std::array<std::string, 4> codes;
  {
    std::vector<std::jthread> threads;
    threads.reserve(codes.size());
    for (std::string& code : codes) {
      threads.emplace_back([&] { code = code_of(world.actions().revert(world.client(), id)); });
    }
  }
  for (const std::string& code : codes) EXPECT_EQ(code, "");
  EXPECT_EQ(world.find(id).status, inactive);
}

TEST(BatchActions, ABatchHasALimitOfBytes) {
  BatchWorld world;
  const BatchId id = world.batch("B1");
  world.put(id, "a.parquet", "12345");
  world.put(id, "b.parquet", "12345");
  BatchActions narrow(world.ledger(), world.promoter(), world.clock(), 9);
  const auto refused = narrow.complete(world.client(), id);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code->id, "LG-1112-400");
  EXPECT_NE(refused.error().message.find("10 bytes in 2 files"), std::string::npos) << refused.error().message;
  EXPECT_EQ(world.find(id).status, BatchStatus::loading);
  EXPECT_TRUE(BatchActions(world.ledger(), world.promoter(), world.clock(), 10).complete(world.client(), id));
}

}  // namespace
}  // namespace lakegate::pipeline
