#include "validation/validator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <string>

#include "columnar/parquet_test_support.h"
#include "model/check_schema_json.h"
#include "model/table_schema_json.h"
#include "model/violation_codes.h"
#include "validation/judge_test_support.h"

namespace lakegate::validation {
namespace {

using columnar::testing::memory_file;
using columnar::testing::write_parquet;
using ::testing::Each;
using ::testing::ElementsAre;

const CheckSchema checks = testing::schema(
    {testing::field("a", TypeKind::int64, {.maximum_integer = 5}), testing::field("t", TypeKind::timestamptz)});

std::shared_ptr<const ValidationSchema> schema() {
  static const auto made =
      ValidationSchema::make(check_schema_to_json(checks), table_schema_to_json(testing::table_of(checks)));
  return made;
}

// A validator and its answers, by the name of the request.
class Answers {
 public:
  explicit Answers(ValidatorSettings settings = {}) {
    auto started = Validator::start(std::move(settings));
    if (!started) throw std::runtime_error(started.error().message);
    validator_ = *std::move(started);
  }

  // `behind`: stands behind the sent bytes and is none of the judge's business, but the tests' worker obeys it.
  Status submit(std::string name, std::string_view bytes, int64_t org = 1, std::string_view behind = "") {
    ValidationRequest request{.file = memory_file(std::string(bytes) + std::string(behind)),
                              .sent_bytes = static_cast<int64_t>(bytes.size()),
                              .org = OrgNumber{org},
                              .schema = schema(),
                              .name = name};
    ++asked_;
    return validator_->submit(std::move(request), [this, name = std::move(name)](ValidationOutcome outcome) {
      const std::lock_guard lock(mutex_);
      answers_[name] = std::move(outcome);
      ++answered_;
      changed_.notify_all();
    });
  }

  // Waits until all have been answered.
  std::map<std::string, ValidationOutcome>& all() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(60), [&] { return answered_ == asked_; }))
      ADD_FAILURE() << "no answer";
    return answers_;
  }

  // "good", or the first code.
  std::string verdict(const std::string& name) {
    const ValidationOutcome& outcome = all().at(name);
    return outcome.report.verdict == Verdict::good ? "good" : outcome.report.violations.at(0).code;
  }

 private:
  std::unique_ptr<Validator> validator_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, ValidationOutcome> answers_;
  int asked_ = 0;
  int answered_ = 0;
};

std::string good_file() { return write_parquet("a: int64, t: timestamp_ms", R"([{"a": 1, "t": 5}, {"a": 2}])"); }
std::string bad_file() { return write_parquet("a: int64", R"([{"a": 1}, {"a": 6}])"); }

TEST(Validator, JudgesInItsWorkers) {
  Answers answers({.workers = 2});
  const std::string good = good_file();
  ASSERT_TRUE(answers.submit("good", good));
  ASSERT_TRUE(answers.submit("bad", bad_file()));
  ASSERT_TRUE(answers.submit("empty", ""));
  ValidationOutcome& outcome = answers.all().at("good");
  EXPECT_EQ(outcome.report.verdict, Verdict::good);
  EXPECT_EQ(outcome.report.record_count, 2);
  EXPECT_EQ(outcome.report.origin, FileOrigin::normalised);
  EXPECT_EQ(outcome.report.table_bytes, static_cast<int64_t>(good.size() + outcome.tail.size()));
  const std::string table_file = good + std::string(outcome.tail.bytes());
  EXPECT_EQ(table_file, testing::judge_bytes(good, checks).table_file);
  EXPECT_EQ(outcome.report, testing::judge_bytes(good, checks).report);
  EXPECT_THAT(testing::summary(answers.all().at("bad").report), ElementsAre("LG-2201-400 a [1] 6"));
  EXPECT_EQ(answers.all().at("bad").tail.size(), 0U);
  EXPECT_EQ(answers.verdict("empty"), violations::empty_file.id);
}

TEST(Validator, IgnoresWhatStandsBehindTheSentBytes) {
  Answers answers({.workers = 1});
  ASSERT_TRUE(answers.submit("good", good_file(), 1, "an unfinished tail"));
  EXPECT_EQ(answers.verdict("good"), "good");
}

// A file whose judging ends its worker, however, fails with a code; those before and behind it do not notice.
void ends_only_its_own_file(std::string_view word, const ViolationCode& code) {
  SCOPED_TRACE(word);
  Answers answers({.workers = 1, .deadline = std::chrono::milliseconds(word == "HANG" ? 300 : 20'000)});
  ASSERT_TRUE(answers.submit("before", good_file()));
  ASSERT_TRUE(answers.submit("evil", good_file(), 1, word));
  for (const char* name : {"behind", "next", "last"}) ASSERT_TRUE(answers.submit(name, good_file()));
  EXPECT_EQ(answers.verdict("evil"), code.id);
  EXPECT_TRUE(answers.all().at("evil").worker_fault);
  for (const char* name : {"before", "behind", "next", "last"}) EXPECT_EQ(answers.verdict(name), "good");
}

TEST(Validator, SurvivesItsWorkers) {
  ends_only_its_own_file("ABRT", violations::judge_crashed);
  ends_only_its_own_file("SEGV", violations::judge_crashed);
  ends_only_its_own_file("EXIT", violations::judge_crashed);
  ends_only_its_own_file("HANG", violations::judge_timeout);
}

TEST(Validator, WorkersAreLockedIn) {
  for (const char* word : {"OPEN", "SOCK", "FORK", "EXEC", "CODE", "MUCH"})
    ends_only_its_own_file(word, violations::judge_crashed);
}

TEST(Validator, LackOfMemoryIsAFindingAndTheWorkerGoes) {
  Answers answers({.workers = 1});
  ASSERT_TRUE(answers.submit("full", good_file(), 1, "FULL"));
  ASSERT_TRUE(answers.submit("next", good_file()));
  EXPECT_EQ(answers.verdict("full"), violations::over_limit.id);
  EXPECT_FALSE(answers.all().at("full").worker_fault);
  EXPECT_EQ(answers.verdict("next"), "good");
}

// Whatever happens to the bytes: a verdict, and a living worker.
TEST(Validator, LosesNoWorkerToDamagedFiles) {
  std::mt19937 random(20260102);
  const std::string rows = R"([{"a": 1, "t": 5}, {"a": 2}, {"a": null, "t": 6}, {"a": 3, "t": 7}])";
  std::vector<std::string> files;
  for (const char* codec : {"none", "snappy", "gzip", "zstd", "brotli", "lz4_raw"}) {
    for (const bool dictionary : {false, true}) {
      files.push_back(write_parquet("a: int64, t: timestamp_ms", rows,
                                    {.codec = codec, .dictionary = dictionary, .pages_v2 = dictionary}));
    }
  }
  Answers answers({.workers = 2});
  for (int i = 0; i < 1200; ++i) {
    std::string damaged = files[random() % files.size()];
    for (unsigned changes = 1 + random() % 8; changes > 0; --changes)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    if (random() % 4 == 0) damaged.resize(random() % damaged.size());
    ASSERT_TRUE(answers.submit("file " + std::to_string(i), damaged));
  }
  int bad = 0;
  for (const auto& [name, outcome] : answers.all()) {
    EXPECT_FALSE(outcome.worker_fault) << name << " " << outcome.report.violations[0].found;
    bad += outcome.report.verdict == Verdict::bad ? 1 : 0;
  }
  EXPECT_GT(bad, 600);
}

TEST(Validator, TrustsNoAnswer) {
  for (const char* word : {"OTHR", "HUGE", "NEGA", "SHRT", "HOLD", "NONE"}) {
    SCOPED_TRACE(word);
    Answers answers({.worker_command = {"/proc/self/exe", "liar"}, .workers = 1});
    ASSERT_TRUE(answers.submit("file", word));
    EXPECT_TRUE(answers.all().at("file").worker_fault);
    EXPECT_THAT(answers.verdict("file"),
                ::testing::AnyOf(violations::judge_misbehaved.id, violations::judge_crashed.id));
  }
}

TEST(Validator, ReplacesWorkersForOtherOrgsAndAfterManyJobs) {
  Answers answers({.workers = 2, .jobs_per_worker = 3});
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(answers.submit("file " + std::to_string(i), good_file(), i % 4));
  for (int i = 0; i < 40; ++i) EXPECT_EQ(answers.verdict("file " + std::to_string(i)), "good");
}

std::vector<pid_t> children() {
  std::vector<pid_t> found;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream list(thread.path() / "children");
    for (pid_t child = 0; list >> child;) found.push_back(child);
  }
  return found;
}

// Ctrl-C and a service's stop reach every process of the server. A worker that ended by it would be taken for one that
// its file had ended, and twice is a verdict.
TEST(Validator, SignalsThatStopTheServerEndNoWorker) {
  Answers answers({.workers = 2});
  ASSERT_TRUE(answers.submit("first", good_file()));
  EXPECT_EQ(answers.verdict("first"), "good");
  const std::vector<pid_t> before = children();
  ASSERT_EQ(before.size(), 2);
  for (const pid_t worker : before) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::kill(worker, signal);
  }
  ASSERT_TRUE(answers.submit("second", good_file()));
  EXPECT_EQ(answers.verdict("second"), "good");
  EXPECT_EQ(children(), before);
}

TEST(Validator, RefusesMoreThanItsQueueHolds) {
  Answers answers({.workers = 1, .requests_max = 2, .deadline = std::chrono::milliseconds(300)});
  ASSERT_TRUE(answers.submit("hang", good_file(), 1, "HANG"));
  ASSERT_TRUE(answers.submit("second", good_file()));
  const Status third = answers.submit("third", good_file());
  ASSERT_FALSE(third.has_value());
  EXPECT_EQ(third.error().kind(), ErrorKind::unavailable);
}

TEST(Validator, RefusesATailThatIsTooLong) {
  Answers answers({.workers = 1, .tail_bytes_max = 100});
  ASSERT_TRUE(answers.submit("long", good_file()));
  EXPECT_EQ(answers.verdict("long"), violations::over_limit.id);
}

TEST(Validator, RefusesMoreColumnsThanTheSetting) {
  Answers narrow({.workers = 1, .columns_max = 1});
  ASSERT_TRUE(narrow.submit("two", good_file()));
  EXPECT_THAT(testing::summary(narrow.all().at("two").report), ElementsAre("LG-2008-400  2 columns"));
  Answers wide({.workers = 1, .columns_max = 2});
  ASSERT_TRUE(wide.submit("two", good_file()));
  EXPECT_EQ(wide.verdict("two"), "good");
}

TEST(Validator, SaysWhenWorkersDoNotStart) {
  for (const char* command : {"/proc/self/exe", "/no/such/program"}) {
    const auto started = Validator::start({.worker_command = {command, "absent"}, .workers = 1});
    ASSERT_FALSE(started.has_value());
    EXPECT_EQ(started.error().kind(), ErrorKind::internal);
  }
}

}  // namespace
}  // namespace lakegate::validation
