// Objects that no file came to refer to leave nothing behind, whoever is faster.
#include "upload/uploads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error_codes.h"
#include "ledger/ledger_test_support.h"
#include "ledger/objects.h"
#include "objects/fake_store.h"
#include "upload/chunked_file.h"

namespace lakegate::upload {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct World : LedgerWorld {
  FileAddress address_of(const BatchId& batch) { return {Sight::whole(scope()), batch, dataset(), "a.parquet"}; }

  FakeStore objects;
  SpaceReserve reserve{objects, 1'000};
  http::WorkerPool pool{1, 1};
  FakeClock clock{1'700'000'000'000};
  SeededRandom random{1};
  Uploads uploads{.ledger = ledger(),
                  .objects = objects,
                  .reserve = reserve,
                  .pool = pool,
                  .clock = clock,
                  .random = random,
                  .epoch = epoch,
                  .limits = {}};
};

TEST(Uploads, ADiscardedObjectIsTheSweepers) {
  World world;
  const NewObject object = must(begin_object(world.uploads, world.address_of(world.insert_batch())));
  discard_object(world.uploads, object.key);
  EXPECT_THAT(world.objects.keys(), ElementsAre(object.key));
  EXPECT_THAT(must(world.read([&](ReadTx& tx) { return ledger::objects_to_sweep(tx, 1, World::epoch, 10); })),
              ElementsAre(object.key));
}

TEST(Uploads, AFullDiskTakesNoNewFile) {
  World world;
  const BatchId batch = world.insert_batch();
  world.objects.fill_disk(true);
  const auto refused = initialize(world.uploads, world.address_of(batch));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, &codes::no_space);
  EXPECT_TRUE(refused.error().retry_after.has_value());
  EXPECT_THAT(world.objects.keys(), IsEmpty());
  world.objects.fill_disk(false);
  must(initialize(world.uploads, world.address_of(batch)));
}

TEST(Uploads, AnObjectThatWasSweptMeanwhileIsRemovedAtOnce) {
  World world;
  const NewObject object = must(begin_object(world.uploads, world.address_of(world.insert_batch())));
  must(world.write([&](Tx& tx) -> Status {
    LG_TRY(ledger::condemn_object(tx, object.key, 0));
    return ledger::forget_object(tx, object.key, World::epoch);
  }));
  EXPECT_THAT(world.objects.keys(), ElementsAre(object.key));
  discard_object(world.uploads, object.key);
  EXPECT_THAT(world.objects.keys(), IsEmpty());
}

TEST(Uploads, NothingBeginsInABatchThatIsOver) {
  World world;
  const BatchId batch = world.insert_batch();
  world.move_to(batch, BatchStatus::aborted);
  const auto refused = begin_object(world.uploads, world.address_of(batch));
  EXPECT_EQ(refusal_of(refused).kind(), ErrorKind::conflict);
  EXPECT_THAT(world.objects.keys(), IsEmpty());
}

// A file costs one commit once another came before it.
TEST(Uploads, NamingAFileBeginsAnObjectForTheNext) {
  World world;
  const BatchId batch = world.insert_batch();
  const auto put = [&](const std::string& path) {
    FileAddress address = world.address_of(batch);
    address.path = path;
    return must(initialize(world.uploads, address)).object;
  };
  put("a");
  EXPECT_EQ(world.uploads.begun.size(), 1U);
  const int64_t commits = world.ledger().counts().commits;
  const ObjectKey second = put("b");
  EXPECT_EQ(world.ledger().counts().commits - commits, 1);
  EXPECT_EQ(world.uploads.begun.size(), 1U);
  const auto row = must(world.read([&](ReadTx& tx) { return ledger::find_object(tx, second); }));
  EXPECT_EQ(row->state, ledger::ObjectState::live);
  EXPECT_EQ(row->batch_id, batch);
  // Nobody took the last one: the next start sweeps it.
  EXPECT_THAT(must(world.read([&](ReadTx& tx) { return ledger::objects_to_sweep(tx, 1, World::epoch + 1, 10); })),
              ElementsAre(world.uploads.begun.take(world.dataset()).value()));
}

TEST(Uploads, ARefusedFileLeavesWhatWasBegunForOthers) {
  World world;
  must(initialize(world.uploads, world.address_of(world.insert_batch())));
  const BatchId over = world.insert_batch();
  world.move_to(over, BatchStatus::aborted);
  EXPECT_FALSE(begin_object(world.uploads, world.address_of(over)).has_value());
  EXPECT_EQ(world.uploads.begun.size(), 1U);
}

}  // namespace
}  // namespace lakegate::upload
