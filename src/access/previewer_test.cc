#include "access/previewer.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <semaphore>
#include <thread>

#include "access/access_test_support.h"
#include "objects/local_store.h"

namespace lakegate::access {
namespace {

using testing::AccessWorld;
using testing::rows_in_place;

std::string text(const Result<Preview>& preview) {
  if (!preview) return fmt::format("{} {}", preview.error().code->id, preview.error().message);
  std::string names;
  for (const columnar::RowColumn& column : preview->columns)
    names += fmt::format("{}:{} ", column.field_id, column.name);
  return names + boost::json::serialize(preview->rows);
}

std::string_view code(const Result<Preview>& preview) {
  return preview ? std::string_view("none") : preview.error().code->id;
}

TEST(Previewer, ShowsABatchFileByFile) {
  AccessWorld world;
  Previewer previewer(world.ledger(), world.objects(), rows_in_place());
  const BatchId batch = world.begin_batch();
  // Paths in no order: the order is that of sending.
  world.add_file(batch, "z.parquet", "text: string, id: int64", R"([["one", 1], ["two", 2]])");
  world.add_file(batch, "m.parquet", "id: int64", "[]");
  world.add_file(batch, "a.parquet", "extra: double, id: int32", "[[NaN, 3], [null, 4]]");
  world.move_to(batch, BatchStatus::active);
  EXPECT_EQ(text(previewer.of_batch(Sight::whole(world.scope()), batch, world.people(), 100)),
            R"(1:id 2:text 3:extra [{"id":1,"text":"one","extra":null},{"id":2,"text":"two","extra":null},)"
            R"({"id":3,"text":null,"extra":"NaN"},{"id":4,"text":null,"extra":null}])");
  EXPECT_EQ(text(previewer.of_batch(Sight::whole(world.scope()), batch, world.people(), 3)),
            R"(1:id 2:text 3:extra [{"id":1,"text":"one","extra":null},{"id":2,"text":"two","extra":null},)"
            R"({"id":3,"text":null,"extra":"NaN"}])");
  EXPECT_EQ(text(previewer.of_batch(Sight::whole(world.scope()), batch, world.people(), 2)),
            R"(1:id 2:text [{"id":1,"text":"one"},{"id":2,"text":"two"}])");
}

TEST(Previewer, ShowsTheColumnsOfAnEmptyBatch) {
  AccessWorld world;
  Previewer previewer(world.ledger(), world.objects(), rows_in_place());
  const BatchId batch = world.active_batch("text: string, id: int64", "[]");
  EXPECT_EQ(text(previewer.of_batch(Sight::whole(world.scope()), batch, world.people(), 5)), "1:id 2:text []");
}

TEST(Previewer, ShowsActiveBatchesOnly) {
  AccessWorld world;
  Previewer previewer(world.ledger(), world.objects(), rows_in_place());
  for (const BatchStatus status : all_batch_statuses) {
    const BatchId batch = world.begin_batch();
    world.add_file(batch, "a.parquet", "id: int64", "[[1]]");
    world.move_to(batch, status);
    const auto preview = previewer.of_batch(Sight::whole(world.scope()), batch, world.people(), 5);
    if (status == BatchStatus::active) {
      EXPECT_EQ(text(preview), R"(1:id [{"id":1}])");
      continue;
    }
    EXPECT_EQ(code(preview), "LG-1101-409") << to_string(status);
    EXPECT_NE(text(preview).find(to_string(status)), std::string::npos) << text(preview);
  }
}

TEST(Previewer, ShowsTheClientsOwnOnly) {
  AccessWorld world;
  Previewer previewer(world.ledger(), world.objects(), rows_in_place());
  const BatchId batch = world.active_batch("id: int64", "[[1]]");
  EXPECT_EQ(code(previewer.of_batch(Sight::whole(world.scope()), batch, world.people(), 5)), "none");
  EXPECT_EQ(code(previewer.of_batch(Sight::whole(world.scope()), batch, world.dataset(), 5)), "LG-1104-404");
  EXPECT_EQ(code(previewer.of_batch(Sight::whole(world.scope()), BatchId("none"), world.people(), 5)), "LG-1100-404");
  for (const Scope& other : {world.other_org(), world.other_sandbox()}) {
    EXPECT_EQ(code(previewer.of_batch(Sight::whole(other), batch, world.people(), 5)), "LG-1100-404");
    EXPECT_EQ(code(previewer.of_dataset(Sight::whole(other), world.people(), 5)), "LG-1300-404");
  }
}

TEST(Previewer, ShowsTheNewestBatchesOfADataset) {
  AccessWorld world;
  Previewer previewer(world.ledger(), world.objects(), rows_in_place());
  EXPECT_EQ(text(previewer.of_dataset(Sight::whole(world.scope()), world.people(), 100)), "[]");
  world.active_batch("id: int64, text: string", R"([[1, "a"], [2, "b"]])");
  world.active_batch("id: int64, extra: double", R"([[3, 1e2]])");
  const BatchId taken_back = world.active_batch("id: int64", "[[4]]");
  world.move(taken_back, BatchEvent::revert);
  world.begin_batch();
  EXPECT_EQ(text(previewer.of_dataset(Sight::whole(world.scope()), world.people(), 100)),
            R"(1:id 2:text 3:extra [{"id":3,"text":null,"extra":1E2},{"id":1,"text":"a","extra":null},)"
            R"({"id":2,"text":"b","extra":null}])");
  EXPECT_EQ(text(previewer.of_dataset(Sight::whole(world.scope()), world.people(), 1)),
            R"(1:id 3:extra [{"id":3,"extra":1E2}])");
}

TEST(Previewer, KeepsAnswersSmall) {
  AccessWorld world;
  Previewer previewer(world.ledger(), world.objects(), rows_in_place());
  const std::string third(preview_bytes_max / 3, 'x');
  const std::string rows = fmt::format(R"([["{0}"], ["{0}"]])", third);
  const BatchId batch = world.begin_batch();
  world.add_file(batch, "a", "text: string", rows);
  world.add_file(batch, "b", "text: string", rows);
  world.move_to(batch, BatchStatus::active);
  const auto preview = previewer.of_batch(Sight::whole(world.scope()), batch, world.people(), 100);
  EXPECT_EQ(preview->rows.size(), 2U);
  EXPECT_TRUE(preview->is_cut);

  const BatchId wide = world.active_batch("text: string", fmt::format(R"([["{0}{0}{0}{0}"]])", third));
  EXPECT_EQ(code(previewer.of_batch(Sight::whole(world.scope()), wide, world.people(), 1)), "LG-1008-413");
}

TEST(Previewer, SaysWhatIsDamaged) {
  AccessWorld world;
  Previewer previewer(world.ledger(), world.objects(), rows_in_place());
  const BatchId batch = world.begin_batch();
  const std::string sent = world.add_file(batch, "a", "id: int64", "[[1]]");
  world.move_to(batch, BatchStatus::active);
  const auto files = must(world.read([&](ReadTx& tx) { return ledger::list_files(tx, batch, 0, 1); }));
  must(world.objects().append_tail(files[0].object, static_cast<int64_t>(sent.size()), {}));
  EXPECT_EQ(code(previewer.of_batch(Sight::whole(world.scope()), batch, world.people(), 1)), "LG-1005-500");
}

// Lets `open` wait until it is told to go on.
class SlowStore final : public ObjectStore {
 public:
  explicit SlowStore(ObjectStore& store) : store_(store) {}
  std::counting_semaphore<> arrived{0};
  std::counting_semaphore<> go_on{0};

  Result<OpenObject> open(const ObjectKey& key) override {
    arrived.release();
    go_on.acquire();
    return store_.open(key);
  }
  Result<std::unique_ptr<ObjectWriter>> begin(const ObjectKey& key) override { return store_.begin(key); }
  Result<std::unique_ptr<ObjectWriter>> resume(const ObjectKey& key) override { return store_.resume(key); }
  Result<int64_t> append_tail(const ObjectKey& key, int64_t sent, std::span<const std::byte> tail) override {
    return store_.append_tail(key, sent, tail);
  }
  Status put(const ObjectKey& key, std::span<const std::byte> bytes) override { return store_.put(key, bytes); }
  Status remove(const ObjectKey& key) override { return store_.remove(key); }
  std::string location(const ObjectKey& key) const override { return store_.location(key); }
  Result<StoreSpace> space() const override { return store_.space(); }
  Status list(const OnListed& on_listed) const override { return store_.list(on_listed); }

 private:
  ObjectStore& store_;
};

TEST(Previewer, ReadsFewAtATime) {
  AccessWorld world;
  SlowStore slow(world.objects());
  Previewer previewer(world.ledger(), slow, rows_in_place(), std::chrono::milliseconds(1));
  const BatchId batch = world.active_batch("id: int64", "[[1]]");
  const auto preview = [&] { return previewer.of_batch(Sight::whole(world.scope()), batch, world.people(), 1); };
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < previews_at_a_time; ++i) readers.emplace_back([&] { EXPECT_EQ(code(preview()), "none"); });
    for (int i = 0; i < previews_at_a_time; ++i) slow.arrived.acquire();
    const auto refused = preview();
    EXPECT_EQ(code(refused), "LG-1003-503");
    EXPECT_TRUE(refused.error().retry_after.has_value());
    slow.go_on.release(previews_at_a_time + 1);
  }
  EXPECT_EQ(code(preview()), "none");
}

}  // namespace
}  // namespace lakegate::access
