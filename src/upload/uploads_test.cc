// Objects that no file came to refer to leave nothing behind, whoever is faster.
#include "upload/uploads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/ledger_test_support.h"
#include "ledger/objects.h"
#include "objects/fake_store.h"

namespace lakegate::upload {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct World : LedgerWorld {
  FileAddress address_of(const BatchId& batch) { return {scope(), batch, dataset(), "a.parquet"}; }

  FakeStore objects;
  http::WorkerPool pool{1, 1};
  FakeClock clock{1'700'000'000'000};
  SeededRandom random{1};
  Uploads uploads{.ledger = ledger(),
                  .objects = objects,
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

}  // namespace
}  // namespace lakegate::upload
