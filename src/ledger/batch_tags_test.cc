#include "ledger/batch_tags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "ledger/ledger_test_support.h"

namespace lakegate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(BatchTags, ValuesOfASpace) {
  LedgerWorld world;
  const auto insert = [&](const char* tags, const Scope& scope, const DatasetId& dataset) {
    Batch batch = world.new_batch();
    batch.tags_json = tags;
    batch.scope = scope;
    batch.dataset_id = dataset;
    world.insert_batch(batch);
  };
  for (int i = 0; i < 3; ++i) {
    insert(R"({"flow": ["b", "a"], "flow-x": ["no"], "flow/run": [7], "flower": ["no"]})", world.scope(),
           world.dataset());
  }
  insert(R"({"flow": ["other"]})", world.other_sandbox(), world.insert_dataset(world.other_sandbox(), "there"));
  must(world.write([&](Tx& tx) -> Status {
    LG_ASSIGN(Dataset dataset, ledger::get_dataset(tx, world.dataset()));
    dataset.tags = {{"flow", {"a", "dataset"}}, {"flow/x*", {"star"}}, {"else", {"no"}}};
    LG_TRY(ledger::update_dataset(tx, dataset, dataset.version));
    return {};
  }));
  const auto values = [&](std::string_view space, int64_t limit = 100) {
    std::vector<std::string> texts;
    for (const auto& [key, value] : must(world.read(
             [&](ReadTx& tx) { return ledger::tag_values(tx, Sight::whole(world.scope()), space, limit); }))) {
      texts.push_back(fmt::format("{}={}", key, value));
    }
    return texts;
  };
  EXPECT_THAT(values("flow"), ElementsAre("flow=a", "flow=b", "flow=dataset", "flow/run=7", "flow/x*=star"));
  EXPECT_THAT(values("flow", 2), ElementsAre("flow=a", "flow=b"));
  EXPECT_THAT(values("flow/run"), ElementsAre("flow/run=7"));
  EXPECT_THAT(values("fl"), IsEmpty());
  EXPECT_THAT(values("*"), IsEmpty());
}

}  // namespace
}  // namespace lakegate
