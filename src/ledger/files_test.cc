// Files of a batch: whole ones, those in parts, replacing, and what the batch's state forbids.
#include "ledger/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/ledger_test_support.h"
#include "ledger/objects.h"
#include "ledger/verdicts.h"
#include "model/error_codes.h"

namespace lakegate {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t files_max = 100;
constexpr int64_t ranges_max = 100;
constexpr Millis grace = 5'000;

class FilesTest : public testing::Test {
 protected:
  Result<ledger::PutFile> put(std::string path, const ObjectKey& object, int64_t sent_bytes, int64_t most = files_max) {
    return world_.write([&](Tx& tx) {
      return ledger::put_whole_file(
          tx, batch_,
          {.path = std::move(path), .object = object, .sent_bytes = sent_bytes, .sha256 = std::string(64, 'a')}, most,
          grace, world_.now());
    });
  }
  Result<BatchFile> initialize(std::string_view path, const ObjectKey& object, int64_t most = files_max) {
    return world_.write([&](Tx& tx) { return ledger::initialize_file(tx, batch_, path, object, most, world_.now()); });
  }
  Result<BatchFile> hold(std::string_view path, ByteRange range, int64_t total, int64_t most = ranges_max) {
    return world_.write([&](Tx& tx) { return ledger::hold_range(tx, batch_, path, range, total, most, world_.now()); });
  }
  Result<BatchFile> complete(std::string_view path) {
    return world_.write([&](Tx& tx) { return ledger::complete_file(tx, batch_, path, world_.now()); });
  }
  Result<BatchFile> find(std::string_view path) {
    return world_.read([&](ReadTx& tx) { return ledger::find_file(tx, batch_, path); });
  }
  std::vector<ByteRange> held(int64_t number) {
    return must(world_.read([&](ReadTx& tx) { return ledger::held_ranges(tx, batch_, number); }));
  }
  // In all, and without a gap.
  std::pair<int64_t, int64_t> held_bytes(std::string_view path) {
    const auto found = must(world_.read([&](ReadTx& tx) { return ledger::find_held_file(tx, batch_, path); }));
    return {found.held_bytes, found.contiguous_bytes};
  }
  ledger::FileTotals totals() {
    return must(world_.read([&](ReadTx& tx) { return ledger::count_files(tx, batch_); }));
  }
  ledger::Judgement judgement() {
    return must(world_.read([&](ReadTx& tx) { return ledger::judgement(tx, batch_); }));
  }
  ledger::ObjectRow object(const ObjectKey& key) {
    return must(world_.read([&](ReadTx& tx) { return ledger::find_object(tx, key); })).value();
  }
  // A file of parts that holds nothing.
  BatchFile initialized(std::string_view path) { return must(initialize(path, world_.begin_object(batch_))); }
  void judge(const ObjectKey& key, const ValidationReport& report) {
    must(world_.write([&](Tx& tx) { return ledger::record_verdict(tx, key, report, world_.now()); }));
  }

  static void check_refused(const Result<BatchFile>& result, const ErrorCode& code, std::string_view words) {
    ASSERT_FALSE(result.has_value()) << words;
    EXPECT_EQ(result.error().code->id, code.id) << result.error().message;
    EXPECT_THAT(result.error().message, HasSubstr(words));
  }

  LedgerWorld world_;
  const BatchId batch_ = world_.insert_batch();
};

TEST_F(FilesTest, WholeFileIsKept) {
  const ObjectKey key = world_.begin_object(batch_);
  const ledger::PutFile put_file = must(put("part=1/a.parquet", key, 120));
  EXPECT_FALSE(put_file.replaced);
  const BatchFile found = must(find("part=1/a.parquet"));
  for (const BatchFile& file : {put_file.file, found}) {
    EXPECT_EQ(file.batch_id, batch_);
    EXPECT_EQ(file.number, 1);
    EXPECT_EQ(file.path, "part=1/a.parquet");
    EXPECT_EQ(file.object, key);
    EXPECT_FALSE(file.chunked);
    EXPECT_TRUE(file.complete);
    EXPECT_EQ(file.total_bytes, std::nullopt);
    EXPECT_EQ(file.sent_bytes, 120);
    EXPECT_EQ(file.sha256, std::string(64, 'a'));
    EXPECT_EQ(file.created, found.created);
    EXPECT_EQ(file.updated, found.updated);
  }
  EXPECT_EQ(object(key).state, ledger::ObjectState::live);
  EXPECT_EQ(must(put("b", world_.begin_object(batch_), 0)).file.number, 2);
  EXPECT_EQ(totals().file_count, 2);
  EXPECT_EQ(totals().open_count, 0);
  EXPECT_EQ(totals().sent_bytes, 120);
  EXPECT_EQ(world_.batch(batch_).file_count, 2);
  EXPECT_EQ(world_.batch(batch_).size_bytes, 120);
}

TEST_F(FilesTest, PathsAreDistinctToTheByte) {
  for (const std::string path : {"a", "A", "a ", "ä", "a#?", "a'b"}) {
    EXPECT_FALSE(must(put(path, world_.begin_object(batch_), 1)).replaced) << path;
  }
  EXPECT_EQ(must(find("a'b")).number, 6);
  check_refused(find("B"), codes::file_not_found, "\"B\"");
}

TEST_F(FilesTest, ReplacedFileKeepsItsNumber) {
  const BatchFile first = must(put("a", world_.begin_object(batch_), 10)).file;
  must(put("b", world_.begin_object(batch_), 1));
  const ObjectKey second = world_.begin_object(batch_);
  const ledger::PutFile again = must(put("a", second, 30, 2));  // as many files as there may be
  EXPECT_TRUE(again.replaced);
  EXPECT_EQ(again.file.number, first.number);
  EXPECT_EQ(must(find("a")).object, second);
  EXPECT_EQ(must(find("a")).sent_bytes, 30);
  EXPECT_EQ(must(find("a")).created, first.created);
  EXPECT_GT(must(find("a")).updated, first.updated);
  EXPECT_EQ(object(first.object).state, ledger::ObjectState::condemned);
  EXPECT_EQ(object(first.object).due, grace);
  EXPECT_EQ(object(second).state, ledger::ObjectState::live);
  EXPECT_EQ(totals().file_count, 2);
  EXPECT_EQ(totals().sent_bytes, 31);
  EXPECT_EQ(must(world_.read([](ReadTx& tx) { return ledger::unjudged_files(tx, 10); })).size(), 2U);
}

// A verdict belongs to the object: the new file keeps nothing of the former one's.
TEST_F(FilesTest, ReplacingForgetsTheVerdict) {
  struct Case {
    std::string path;
    ValidationReport report;
  };
  const Case cases[] = {{"good", LedgerWorld::good_report(10, 7)}, {"bad", LedgerWorld::bad_report(3)}};
  for (const auto& [path, report] : cases) {
    const BatchFile file = must(put(path, world_.begin_object(batch_), 10)).file;
    judge(file.object, report);
  }
  EXPECT_EQ(judgement().good, 1);
  EXPECT_EQ(judgement().bad, 1);
  EXPECT_EQ(judgement().record_count, 7);
  EXPECT_EQ(judgement().failed_record_count, 8);
  must(put("good", world_.begin_object(batch_), 10));
  EXPECT_EQ(judgement().good, 0);
  EXPECT_EQ(judgement().record_count, 0);
  EXPECT_EQ(judgement().waiting, 1);
  must(put("bad", world_.begin_object(batch_), 10));
  EXPECT_EQ(judgement().bad, 0);
  EXPECT_EQ(judgement().failed_record_count, 0);
  EXPECT_EQ(judgement().waiting, 2);
}

TEST_F(FilesTest, WholeFileReplacesOneInParts) {
  const BatchFile parts = initialized("a");
  must(hold("a", {0, 50}, 100));
  EXPECT_EQ(totals().open_count, 1);
  EXPECT_TRUE(must(put("a", world_.begin_object(batch_), 10)).replaced);
  const BatchFile whole = must(find("a"));
  EXPECT_FALSE(whole.chunked);
  EXPECT_TRUE(whole.complete);
  EXPECT_EQ(whole.total_bytes, std::nullopt);
  EXPECT_THAT(held(parts.number), IsEmpty());
  EXPECT_EQ(totals().open_count, 0);
  EXPECT_EQ(totals().sent_bytes, 10);
  EXPECT_EQ(object(parts.object).state, ledger::ObjectState::condemned);
}

TEST_F(FilesTest, BatchHasAsManyFilesAsItMay) {
  must(put("a", world_.begin_object(batch_), 1, 2));
  must(initialize("b", world_.begin_object(batch_), 2));
  const ObjectKey key = world_.begin_object(batch_);
  EXPECT_EQ(refusal_of(put("c", key, 1, 2)).code->id, codes::batch_too_many_files.id);
  check_refused(initialize("c", key, 2), codes::batch_too_many_files, "has 2 files");
  EXPECT_EQ(object(key).state, ledger::ObjectState::writing) << "nothing of the refused one stays";
}

TEST_F(FilesTest, ObjectIsTheBatchsOwnAndWriting) {
  const BatchId other = world_.insert_batch();
  EXPECT_EQ(refusal_of(put("a", world_.begin_object(other), 1)).kind(), ErrorKind::conflict);
  EXPECT_EQ(refusal_of(put("a", ObjectKey("nowhere"), 1)).kind(), ErrorKind::conflict);
  const ObjectKey used = must(put("a", world_.begin_object(batch_), 1)).file.object;
  EXPECT_EQ(refusal_of(put("b", used, 1)).kind(), ErrorKind::conflict);
  check_refused(initialize("b", used), codes::conflict, used.text());
}

TEST_F(FilesTest, OnlyWhileTheBatchIsLoading) {
  initialized("open");
  must(hold("open", {0, 10}, 10));
  must(put("whole", world_.begin_object(batch_), 1));
  const ObjectKey key = world_.begin_object(batch_);
  for (const BatchStatus status : {BatchStatus::loaded, BatchStatus::staging, BatchStatus::staged, BatchStatus::active,
                                   BatchStatus::inactive, BatchStatus::deleted}) {
    world_.move_to(batch_, status);
    const std::string words = fmt::format("Batch {} is {}", batch_, to_string(status));
    for (const std::string path : {"whole", "new"}) {
      const Error refused = refusal_of(put(path, key, 1));
      EXPECT_EQ(refused.code->id, codes::batch_wrong_state.id);
      EXPECT_THAT(refused.message, HasSubstr(words));
    }
    check_refused(initialize("new", key), codes::batch_wrong_state, words);
    check_refused(hold("open", {10, 20}, 10), codes::batch_wrong_state, words);
    check_refused(complete("open"), codes::batch_wrong_state, words);
    EXPECT_EQ(must(complete("whole")).sent_bytes, 1) << "complete already: nothing changes";
  }
  EXPECT_EQ(object(key).state, ledger::ObjectState::writing);
  EXPECT_EQ(totals().file_count, 2);
}

TEST_F(FilesTest, UnknownBatchIsNotFound) {
  const BatchId nobody("nobody");
  const Error put_refused = refusal_of(world_.write([&](Tx& tx) {
    return ledger::put_whole_file(tx, nobody, {.path = "a", .object = ObjectKey("k"), .sha256 = {}}, 1, 0, 1);
  }));
  EXPECT_EQ(put_refused.code->id, codes::batch_not_found.id);
  const Error count_refused = refusal_of(world_.read([&](ReadTx& tx) { return ledger::count_files(tx, nobody); }));
  EXPECT_EQ(count_refused.code->id, codes::batch_not_found.id);
}

TEST_F(FilesTest, InitializedFileIsOpen) {
  const BatchFile file = initialized("a");
  const BatchFile found = must(find("a"));
  EXPECT_EQ(found.number, 1);
  EXPECT_EQ(found.object, file.object);
  EXPECT_TRUE(found.chunked);
  EXPECT_FALSE(found.complete);
  EXPECT_EQ(found.total_bytes, std::nullopt);
  EXPECT_EQ(object(file.object).state, ledger::ObjectState::live);
  EXPECT_THAT(must(world_.read([](ReadTx& tx) { return ledger::unjudged_files(tx, 10); })), IsEmpty());
  EXPECT_EQ(totals().file_count, 1);
  EXPECT_EQ(totals().open_count, 1);
  EXPECT_EQ(world_.batch(batch_).file_count, 0);
}

TEST_F(FilesTest, InitializeAgain) {
  const BatchFile first = initialized("a");
  const ObjectKey second = world_.begin_object(batch_);
  EXPECT_EQ(must(initialize("a", second)).object, first.object);
  EXPECT_EQ(object(second).state, ledger::ObjectState::writing);
  EXPECT_EQ(totals().file_count, 1);

  must(hold("a", {100, 200}, 1000));
  must(hold("a", {0, 50}, 1000));
  check_refused(initialize("a", second), codes::file_has_bytes, "holds bytes 0-49, 100-199.");
  for (int64_t begin = 300; begin < 1000; begin += 50) must(hold("a", {begin, begin + 10}, 1000));
  check_refused(initialize("a", second), codes::file_has_bytes, "and 6 more");

  must(put("whole", world_.begin_object(batch_), 7));
  check_refused(initialize("whole", second), codes::file_complete, "7 bytes");
}

TEST_F(FilesTest, HoldsRanges) {
  const BatchFile file = initialized("a");
  EXPECT_EQ(must(hold("a", {50, 100}, 100)).total_bytes, 100);
  EXPECT_EQ(must(find("a")).total_bytes, 100);
  must(hold("a", {0, 10}, 100));
  must(hold("a", {10, 20}, 100));
  EXPECT_THAT(held(file.number), ElementsAre(ByteRange{0, 10}, ByteRange{10, 20}, ByteRange{50, 100}));
}

TEST_F(FilesTest, SameRangeAgainChangesNothing) {
  const BatchFile file = initialized("a");
  must(hold("a", {0, 10}, 100));
  const BatchFile before = must(find("a"));
  EXPECT_EQ(must(hold("a", {0, 10}, 100, 1)).total_bytes, 100);
  EXPECT_EQ(must(find("a")).updated, before.updated);
  EXPECT_EQ(held(file.number).size(), 1U);
}

TEST_F(FilesTest, OverlapsAreRefused) {
  initialized("a");
  must(hold("a", {10, 20}, 100));
  must(hold("a", {30, 40}, 100));
  struct Case {
    ByteRange range;
    std::string_view held;  // empty: it fits
  };
  const Case cases[] = {
      {{9, 11}, "10-19"},  {{0, 11}, "10-19"},  {{15, 16}, "10-19"}, {{10, 19}, "10-19"}, {{11, 20}, "10-19"},
      {{10, 21}, "10-19"}, {{19, 30}, "10-19"}, {{5, 25}, "10-19"},  {{29, 31}, "30-39"}, {{0, 100}, "30-39"},
      {{39, 41}, "30-39"}, {{20, 30}, ""},      {{0, 10}, ""},       {{40, 100}, ""},
  };
  for (const auto& [range, held_range] : cases) {
    SCOPED_TRACE(fmt::format("{}-{}", range.begin, range.end));
    if (held_range.empty()) {
      EXPECT_TRUE(hold("a", range, 100).has_value());
    } else {
      check_refused(hold("a", range, 100), codes::range_overlap, held_range);
    }
  }
  EXPECT_TRUE(complete("a").has_value());
}

TEST_F(FilesTest, RefusesPartsThatDoNotFit) {
  check_refused(hold("a", {0, 10}, 100), codes::file_not_initialized, "INITIALIZE");
  initialized("a");
  check_refused(hold("a", {0, 101}, 100), codes::content_range_invalid, "100 bytes");
  check_refused(hold("a", {5, 5}, 100), codes::content_range_invalid, "");
  check_refused(hold("a", {-1, 5}, 100), codes::content_range_invalid, "");
  EXPECT_EQ(must(find("a")).total_bytes, std::nullopt) << "a refused part fixes nothing";
  must(hold("a", {0, 10}, 100));
  check_refused(hold("a", {10, 20}, 99), codes::content_range_total_changed, "said 100");
  check_refused(hold("a", {10, 20}, 100, 1), codes::content_range_invalid, "1 parts, as many as a file can have");
  must(put("whole", world_.begin_object(batch_), 10));
  check_refused(hold("whole", {0, 10}, 10), codes::file_complete, "10 bytes");
}

TEST_F(FilesTest, RangesOfFilesAreApart) {
  const BatchFile a = initialized("a");
  const BatchFile b = initialized("b");
  must(hold("a", {0, 10}, 10));
  must(hold("b", {5, 20}, 20));
  EXPECT_THAT(held(a.number), ElementsAre(ByteRange{0, 10}));
  EXPECT_THAT(held(b.number), ElementsAre(ByteRange{5, 20}));
}

TEST_F(FilesTest, CompletesWhatHasNoGaps) {
  const BatchFile file = initialized("a");
  check_refused(complete("b"), codes::file_not_found, "\"b\"");
  check_refused(complete("a"), codes::file_has_gaps, "No part");
  must(hold("a", {10, 20}, 40));
  check_refused(complete("a"), codes::file_has_gaps, "lacks bytes 0-9, 20-39 of 40 bytes");
  must(hold("a", {0, 10}, 40));
  must(hold("a", {20, 40}, 40));
  EXPECT_THAT(must(world_.read([](ReadTx& tx) { return ledger::unjudged_files(tx, 10); })), IsEmpty());
  const BatchFile completed = must(complete("a"));
  EXPECT_TRUE(completed.complete);
  EXPECT_TRUE(completed.chunked);
  EXPECT_EQ(completed.sent_bytes, 40);
  EXPECT_EQ(must(find("a")).sent_bytes, 40);
  EXPECT_THAT(held(file.number), IsEmpty());
  EXPECT_EQ(totals().open_count, 0);
  EXPECT_EQ(totals().sent_bytes, 40);
  const auto unjudged = must(world_.read([](ReadTx& tx) { return ledger::unjudged_files(tx, 10); }));
  ASSERT_EQ(unjudged.size(), 1U);
  EXPECT_EQ(unjudged[0].file.object, file.object);

  EXPECT_EQ(must(complete("a")).updated, completed.updated);
  check_refused(hold("a", {0, 10}, 40), codes::file_complete, "40 bytes");
  check_refused(initialize("a", world_.begin_object(batch_)), codes::file_complete, "40 bytes");
}

TEST_F(FilesTest, Lists) {
  for (const std::string path : {"c", "a", "b"}) must(put(path, world_.begin_object(batch_), 1));
  initialized("open 1");
  initialized("open 2");
  const auto paths = [](const std::vector<BatchFile>& files) {
    std::vector<std::string> all;
    for (const BatchFile& file : files) all.push_back(file.path);
    return all;
  };
  const auto list = [&](int64_t after, int64_t limit) {
    return paths(must(world_.read([&](ReadTx& tx) { return ledger::list_files(tx, batch_, after, limit); })));
  };
  EXPECT_THAT(list(0, 10), ElementsAre("c", "a", "b", "open 1", "open 2"));
  EXPECT_THAT(list(1, 2), ElementsAre("a", "b"));
  EXPECT_THAT(list(5, 2), IsEmpty());
  const auto open = [&](int64_t limit) {
    return paths(must(world_.read([&](ReadTx& tx) { return ledger::open_files(tx, batch_, limit); })));
  };
  EXPECT_THAT(open(10), ElementsAre("open 1", "open 2"));
  EXPECT_THAT(open(1), ElementsAre("open 1"));
}

TEST_F(FilesTest, ListsFilesOfADatasetsCompletedBatches) {
  world_.put_file(batch_, "1");
  world_.put_file(batch_, "2");
  initialized("never completed");
  world_.move_to(batch_, BatchStatus::active);
  const BatchId loading = world_.insert_batch();
  world_.put_file(loading, "not yet");
  const BatchId second = world_.insert_batch();
  world_.put_file(second, "3");
  world_.put_file(second, "4");
  world_.move_to(second, BatchStatus::loaded);
  Batch elsewhere = world_.new_batch();
  elsewhere.dataset_id = world_.insert_dataset(world_.scope(), "other");
  world_.insert_batch(elsewhere);
  world_.put_file(elsewhere.id, "elsewhere");
  world_.move_to(elsewhere.id, BatchStatus::loaded);

  const auto list = [&](int64_t start, int64_t limit) {
    std::vector<std::string> paths;
    for (const BatchFile& file : must(
             world_.read([&](ReadTx& tx) { return ledger::list_dataset_files(tx, world_.dataset(), start, limit); }))) {
      paths.push_back(file.path);
    }
    return paths;
  };
  EXPECT_THAT(list(0, 10), ElementsAre("3", "4", "1", "2"));
  EXPECT_THAT(list(1, 2), ElementsAre("4", "1"));
}

TEST_F(FilesTest, WakesForCompleteFiles) {
  std::vector<Wake> heard;
  world_.ledger().add_listener([&](std::span<const Wake> wakes) {
    for (const Wake& wake : wakes) {
      if (wake.kind != Wake::Kind::batch_status && wake.kind != Wake::Kind::event) heard.push_back(wake);
    }
  });
  const auto kinds = [&] {
    std::vector<Wake::Kind> all;
    for (const Wake& wake : std::exchange(heard, {})) all.push_back(wake.kind);
    return all;
  };
  must(put("a", world_.begin_object(batch_), 1));
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].batch, batch_);
  EXPECT_EQ(heard[0].dataset, world_.dataset());
  EXPECT_THAT(kinds(), ElementsAre(Wake::Kind::file_complete));
  must(put("a", world_.begin_object(batch_), 1));
  EXPECT_THAT(kinds(), ElementsAre(Wake::Kind::object, Wake::Kind::file_complete));
  initialized("b");
  must(hold("b", {0, 1}, 1));
  EXPECT_THAT(kinds(), IsEmpty());
  must(complete("b"));
  EXPECT_THAT(kinds(), ElementsAre(Wake::Kind::file_complete));
}

// Bytes gone: the file is still known, its object is nobody.
TEST_F(FilesTest, OutlivesItsObject) {
  const BatchFile file = must(put("a", world_.begin_object(batch_), 10)).file;
  must(world_.write([&](Tx& tx) -> Status {
    LG_TRY(ledger::condemn_object(tx, file.object, 0));
    return ledger::forget_object(tx, file.object, LedgerWorld::epoch);
  }));
  EXPECT_TRUE(must(find("a")).object.empty());
  EXPECT_EQ(must(find("a")).sent_bytes, 10);
}

TEST_F(FilesTest, SaysHowFarAFileIsThereWithoutAGap) {
  initialized("a");
  const struct {
    ByteRange part;
    int64_t held;
    int64_t contiguous;
  } steps[] = {{{50, 60}, 10, 0},  {{20, 30}, 20, 0},   {{0, 10}, 30, 10},   {{0, 10}, 30, 10},
               {{10, 20}, 40, 30}, {{60, 100}, 80, 30}, {{30, 50}, 100, 100}};
  using Bytes = std::pair<int64_t, int64_t>;
  EXPECT_EQ(held_bytes("a"), Bytes(0, 0));
  for (const auto& step : steps) {
    must(hold("a", step.part, 100));
    EXPECT_EQ(held_bytes("a"), Bytes(step.held, step.contiguous)) << step.part.begin;
  }
  must(complete("a"));
  EXPECT_EQ(held_bytes("a"), Bytes(100, 100));
  // Sent whole instead, nothing is left of the parts.
  initialized("b");
  must(hold("b", {0, 10}, 100));
  must(put("b", world_.begin_object(batch_), 7));
  EXPECT_EQ(held_bytes("b"), Bytes(7, 7));
}

}  // namespace
}  // namespace lakegate
