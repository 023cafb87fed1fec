// The ledger's promises: a group member that fails harms nobody else, answers come after the commit, a reader sees what
// was answered, and a ledger that is not ours or newer is refused.
#include "ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <latch>
#include <semaphore>
#include <thread>

#include "base/error_codes.h"
#include "base/temporary_folder.h"
#include "ledger/orgs.h"
#include "ledger/sql.h"

namespace lakegate {
namespace {

Result<ledger::Org> insert_org(Tx& tx, std::string_view name) {
  return ledger::insert_org(tx, {.number = {},
                                 .ims_org = ImsOrgId(std::string(name)),
                                 .tenant = std::string(name),
                                 .name = std::string(name),
                                 .created = 1});
}

class LedgerTest : public testing::Test {
 protected:
  void open(LedgerOptions options = {}) {
    options.on_fatal = [this](const Error&) { ++fatal_calls_; };
    auto opened = Ledger::open(file_, std::move(options));
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    ledger_ = *std::move(opened);
  }

  // What another connection sees on disk, around all our code.
  int64_t rows_on_disk() {
    soci::session session(soci::sqlite3, "db=\"" + file_.string() + "\"");
    long long count = -1;
    session << "SELECT count(*) FROM org", soci::into(count);
    return count;
  }

  TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "ledger.db";
  std::atomic<int> fatal_calls_ = 0;
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(LedgerTest, AnswersAfterTheCommit) {
  open();
  for (int i = 1; i <= 20; ++i) {
    const auto org = ledger_->write([&](Tx& tx) { return insert_org(tx, "org" + std::to_string(i)); });
    ASSERT_TRUE(org.has_value()) << org.error().message;
    EXPECT_EQ(rows_on_disk(), i);
  }
}

TEST_F(LedgerTest, ReaderSeesWhatWasAnswered) {
  open();
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 50; ++i) {
        const std::string name = std::to_string(thread) + "-" + std::to_string(i);
        ASSERT_TRUE(ledger_->write([&](Tx& tx) { return insert_org(tx, name); }).has_value());
        const auto found = ledger_->read([&](ReadTx& tx) { return ledger::find_org(tx, ImsOrgId(name)); });
        ASSERT_TRUE(found.has_value()) << found.error().message;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(rows_on_disk(), 400);
}

// Holds the writer in one closure until enough others wait, so that they form one group.
TEST_F(LedgerTest, FailingMemberHarmsNobodyElse) {
  open();
  std::binary_semaphore inside(0);
  std::binary_semaphore go(0);
  std::jthread holder([&] {
    EXPECT_TRUE(ledger_
                    ->write([&](Tx& tx) {
                      inside.release();
                      go.acquire();
                      return insert_org(tx, "holder");
                    })
                    .has_value());
  });
  inside.acquire();
  constexpr int members = 30;
  std::atomic<int> good = 0;
  std::atomic<int> bad = 0;
  std::atomic<int> thrown = 0;
  std::atomic<int> started = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < members; ++i) {
    threads.emplace_back([&, i] {
      ++started;
      const auto answer = ledger_->write([&](Tx& tx) -> Result<ledger::Org> {
        LG_ASSIGN(ledger::Org org, insert_org(tx, "member" + std::to_string(i)));
        if (i % 3 == 1) return fail(codes::conflict, "changed my mind");
        if (i % 3 == 2) throw std::runtime_error("bug");
        return org;
      });
      if (answer.has_value()) {
        ++good;
      } else if (answer.error().kind() == ErrorKind::conflict) {
        ++bad;
      } else if (answer.error().kind() == ErrorKind::internal) {
        ++thrown;
      }
    });
  }
  while (started < members) std::this_thread::yield();
  go.release();
  holder.join();
  threads.clear();
  EXPECT_EQ(good, 10);
  EXPECT_EQ(bad, 10);
  EXPECT_EQ(thrown, 10);
  EXPECT_EQ(rows_on_disk(), 11);
  EXPECT_LT(ledger_->counts().commits, 11) << "at least some shared a commit";
  EXPECT_EQ(ledger_->counts().members, 11);
}

// SQL that breaks a constraint is undone alone; a closure that swallows the error goes on with what it did before.
TEST_F(LedgerTest, FailedStatementIsUndoneAlone) {
  open();
  const Status status = ledger_->write([&](Tx& tx) -> Status {
    LG_TRY(insert_org(tx, "one"));
    const auto broken =
        ledger::change_rows(tx, "INSERT INTO org (ims_org, tenant, name, created) VALUES ('one', 'x', '', 1)");
    EXPECT_EQ(broken.error().kind(), ErrorKind::internal);
    LG_TRY(insert_org(tx, "two"));
    return {};
  });
  EXPECT_TRUE(status.has_value());
  EXPECT_EQ(rows_on_disk(), 2);
}

TEST_F(LedgerTest, FullQueueIsUnavailable) {
  open({.write_queue_max = 2});
  std::binary_semaphore inside(0);
  std::binary_semaphore go(0);
  std::jthread holder([&] {
    (void)ledger_->write([&](Tx&) -> Status {
      inside.release();
      go.acquire();
      return {};
    });
  });
  inside.acquire();
  std::atomic<int> refused = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&] {
      const Status status = ledger_->write([](Tx&) -> Status { return {}; });
      if (status.has_value()) return;
      EXPECT_EQ(status.error().kind(), ErrorKind::unavailable);
      ++refused;
    });
  }
  while (refused < 3) std::this_thread::yield();
  go.release();
  threads.clear();
  EXPECT_EQ(refused, 3);
  EXPECT_EQ(ledger_->counts().refused, 3);
}

TEST_F(LedgerTest, ReadersAreBounded) {
  open({.readers_max = 1, .reader_wait_max = std::chrono::milliseconds(10)});
  const Status outer = ledger_->read([&](ReadTx&) -> Status {
    std::jthread([&] {
      const Status inner = ledger_->read([](ReadTx&) -> Status { return {}; });
      ASSERT_FALSE(inner.has_value());
      EXPECT_EQ(inner.error().kind(), ErrorKind::unavailable);
    }).join();
    return {};
  });
  EXPECT_TRUE(outer.has_value());
  EXPECT_TRUE(ledger_->read([](ReadTx&) -> Status { return {}; }).has_value());
}

TEST_F(LedgerTest, LongReadIsEnded) {
  open({.readers_max = 1, .read_time_max = std::chrono::milliseconds(20)});
  const auto endless = [](ReadTx& tx) {
    return ledger::find_row<int64_t>(
        tx, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
  };
  const auto answer = ledger_->read(endless);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind(), ErrorKind::unavailable);
  // A closure that hides the error does not get away with half an answer.
  const Status hidden = ledger_->read([&](ReadTx& tx) -> Status {
    (void)endless(tx);
    return {};
  });
  EXPECT_FALSE(hidden.has_value());
  // The connection is as good as before.
  EXPECT_TRUE(ledger_->read([](ReadTx& tx) { return ledger::list_orgs(tx); }).has_value());
  EXPECT_EQ(fatal_calls_, 0);
}

TEST_F(LedgerTest, ReadersCannotWrite) {
  open();
  const Status status = ledger_->read([](ReadTx& tx) -> Status {
    LG_TRY(ledger::find_row<int64_t>(tx, "DELETE FROM org RETURNING number"));
    return {};
  });
  EXPECT_FALSE(status.has_value());
}

TEST_F(LedgerTest, ListenersHearAfterTheCommitWhatWasKept) {
  open();
  std::vector<std::string> heard;
  int64_t rows_then = 0;
  ledger_->add_listener([&](std::span<const Wake> wakes) {
    for (const Wake& wake : wakes) heard.push_back(wake.batch.text());
    rows_then = rows_on_disk();
  });
  const auto change = [&](std::string name, bool keep) {
    return ledger_->write([&](Tx& tx) -> Status {
      LG_TRY(insert_org(tx, name));
      tx.on_commit({.batch = BatchId(name)});
      if (!keep) return fail(codes::conflict, "no");
      return {};
    });
  };
  EXPECT_TRUE(change("kept", true).has_value());
  EXPECT_FALSE(change("dropped", false).has_value());
  EXPECT_EQ(heard, std::vector<std::string>{"kept"});
  EXPECT_EQ(rows_then, 1);
}

TEST_F(LedgerTest, OpensAgain) {
  open();
  ASSERT_TRUE(ledger_->write([](Tx& tx) { return insert_org(tx, "one"); }).has_value());
  ledger_.reset();
  open();
  EXPECT_TRUE(ledger_->read([](ReadTx& tx) { return ledger::find_org(tx, ImsOrgId("one")); }).has_value());
  EXPECT_FALSE(std::filesystem::exists(file_.string() + "-wal") &&
               std::filesystem::file_size(file_.string() + "-wal") > 0);
}

TEST_F(LedgerTest, RefusesWhatIsNotOurs) {
  const auto refusal = [&] {
    const auto opened = Ledger::open(file_);
    return opened.has_value() ? std::string("opened") : opened.error().message;
  };
  std::ofstream(file_)
      << "This is a text of more than a hundred bytes, which SQLite will not take for a database, whatever it may try.";
  EXPECT_THAT(refusal(), testing::HasSubstr("not a database"));
  std::filesystem::remove(file_);
  {
    soci::session session(soci::sqlite3, "db=\"" + file_.string() + "\"");
    session << "CREATE TABLE holidays (day TEXT)";
  }
  EXPECT_THAT(refusal(), testing::HasSubstr("another program"));
  std::filesystem::remove(file_);
  open();
  ledger_.reset();
  {
    soci::session session(soci::sqlite3, "db=\"" + file_.string() + "\"");
    session << "INSERT INTO migration VALUES (1000, 'of the future', 0)";
  }
  EXPECT_THAT(refusal(), testing::HasSubstr("newer version"));
}

TEST_F(LedgerTest, LogIsCopiedAndEmptied) {
  open({.log_bytes_checkpoint = 64 << 10, .idle_restart = std::chrono::milliseconds(20)});
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(ledger_->write([&](Tx& tx) { return insert_org(tx, "org" + std::to_string(i)); }).has_value());
  }
  while (ledger_->counts().log_bytes > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  // The database file has it all: without its log it is the same.
  const std::filesystem::path copy = folder_.path() / "copy.db";
  std::filesystem::copy_file(file_, copy);
  soci::session session(soci::sqlite3, "db=\"" + copy.string() + "\"");
  long long count = -1;
  session << "SELECT count(*) FROM org", soci::into(count);
  EXPECT_EQ(count, 100);
  EXPECT_EQ(fatal_calls_, 0);
}

int64_t bytes_on_disk(const std::filesystem::path& file) {
  struct stat facts{};
  EXPECT_EQ(::stat(file.c_str(), &facts), 0);
  return facts.st_blocks * 512;
}

TEST_F(LedgerTest, RoomForTheLogIsKept) {
  open({.log_bytes_checkpoint = 64 << 10, .idle_restart = std::chrono::milliseconds(20)});
  const std::filesystem::path log = file_.string() + "-wal";
  EXPECT_GE(bytes_on_disk(log), ledger::log_file_bytes);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(ledger_->write([&](Tx& tx) { return insert_org(tx, "org" + std::to_string(i)); }).has_value());
  }
  while (ledger_->counts().log_bytes > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_GE(bytes_on_disk(log), ledger::log_file_bytes) << "after a checkpoint, too";
}

// As SQLite sees a full disk: the file cannot get another page.
TEST_F(LedgerTest, AFullDiskHarmsTheGroupAlone) {
  open();
  const auto limit_pages = [&](int64_t pages) {
    return ledger_->write(
        [&](Tx& tx) { return tx.connection().run(fmt::format("PRAGMA max_page_count = {}", pages)); });
  };
  ASSERT_TRUE(limit_pages(1).has_value());  // as many as there are
  const std::string long_name(40'000, 'x');
  const auto insert_big = [&](Tx& tx) -> Status {
    LG_TRY(insert_org(tx, "small"));
    (void)insert_org(tx, long_name);  // whatever the closure makes of it
    return {};
  };
  for (int i = 0; i < 3; ++i) {
    const Status refused = ledger_->write(insert_big);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, &codes::no_space);
    EXPECT_EQ(rows_on_disk(), 0);
  }
  EXPECT_TRUE(ledger_->read([](ReadTx& tx) { return ledger::list_orgs(tx); }).has_value());
  EXPECT_EQ(fatal_calls_, 0);
  ASSERT_TRUE(limit_pages(1'000'000).has_value());
  EXPECT_TRUE(ledger_->write(insert_big).has_value());
  EXPECT_EQ(rows_on_disk(), 2);
}

}  // namespace
}  // namespace lakegate
