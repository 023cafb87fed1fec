#include "promotion/relocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/ledger_test_support.h"
#include "ledger/table_locations.h"
#include "objects/read_object.h"
#include "promotion/table_world_test_support.h"

namespace lakegate {
namespace {

using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class RelocationTest : public testing::Test {
 protected:
  Result<int64_t> relocate() {
    return Relocation(world_.ledger(), world_.hooked_store(), world_.clock(), world_.random(), world_.epoch()).run();
  }
  std::string bytes_of(const ObjectKey& key) {
    const OpenObject object = must(world_.store().open(key));
    return must(read_object(world_.store(), key, object.size_bytes));
  }
  // Of manifests and data files of all snapshots.
  std::vector<std::string> locations() {
    std::vector<std::string> found;
    for (const Snapshot& snapshot : world_.table().snapshots) {
      for (const auto& listed : must(iceberg::read_manifest_list(bytes_of(snapshot.manifest_list)))) {
        found.push_back(listed.manifest_path);
        const ObjectKey manifest(listed.manifest_path.substr(listed.manifest_path.find("1/")));
        for (const auto& entry : must(iceberg::read_manifest(bytes_of(manifest)))) found.push_back(entry.file_path);
      }
    }
    return found;
  }

  TableWorld world_;
};

TEST_F(RelocationTest, WritesTablesAnewOnceAfterAMove) {
  world_.active_batch({10, 5});
  const BatchId second = world_.active_batch({7});
  must(world_.revert(second));
  EXPECT_EQ(must(relocate()), 0) << "noted for the first time; all is at its place";
  const TableState before = world_.table();

  world_.hooked_store().place = "moved://far/";
  EXPECT_EQ(must(relocate()), 1);
  const TableState after = world_.table();
  EXPECT_THAT(locations(), Not(IsEmpty()));
  EXPECT_THAT(locations(), Each(StartsWith("moved://far/1/")));
  EXPECT_EQ(after.version, before.version + 1);
  EXPECT_EQ(after.last_sequence_number, before.last_sequence_number);
  ASSERT_EQ(after.snapshots.size(), before.snapshots.size());
  for (size_t i = 0; i < after.snapshots.size(); ++i) {
    EXPECT_EQ(after.snapshots[i].snapshot_id, before.snapshots[i].snapshot_id);
    EXPECT_EQ(after.snapshots[i].summary, before.snapshots[i].summary);
    EXPECT_THAT(world_.state_of(before.snapshots[i].manifest_list), StartsWith("condemned"));
    EXPECT_EQ(world_.state_of(after.snapshots[i].manifest_list), "live");
  }
  ASSERT_EQ(after.manifests.size(), before.manifests.size());
  for (size_t i = 0; i < after.manifests.size(); ++i) {
    EXPECT_EQ(after.manifests[i].counts, before.manifests[i].counts);
    EXPECT_EQ(after.manifests[i].sequence_number, before.manifests[i].sequence_number);
    EXPECT_EQ(static_cast<int64_t>(bytes_of(after.manifests[i].object).size()), after.manifests[i].length_bytes);
  }
  EXPECT_EQ(must(relocate()), 0);
  EXPECT_EQ(world_.table().version, after.version);
}

// What only older snapshots have is let go of with them, as before.
TEST_F(RelocationTest, RetiredManifestsAreStillLetGo) {
  const BatchId batch = world_.active_batch({10});
  const ObjectKey former = world_.table().manifests[0].object;
  must(world_.revert(batch));
  must(relocate());
  world_.hooked_store().place = "moved://far/";
  ASSERT_EQ(must(relocate()), 1);
  EXPECT_THAT(world_.state_of(former), StartsWith("condemned"));
  const auto listed = must(iceberg::read_manifest_list(bytes_of(world_.table().snapshots[0].manifest_list)));
  const ObjectKey moved(listed[0].manifest_path.substr(std::string("moved://far/").size()));
  EXPECT_EQ(world_.state_of(moved), "live");
  world_.clock().advance_ms(1'000);
  must(world_.promoter().forget_history(world_.dataset(), world_.clock().now_ms()));
  EXPECT_THAT(world_.state_of(moved), StartsWith("condemned"));
}

TEST_F(RelocationTest, MovedTableIsPromotedAndReverted) {
  const BatchId first = world_.active_batch({10});
  must(relocate());
  world_.hooked_store().place = "moved://far/";
  ASSERT_EQ(must(relocate()), 1);
  world_.active_batch({7});
  must(world_.revert(first));
  EXPECT_THAT(locations(), Each(StartsWith("moved://far/1/")));
  EXPECT_EQ(world_.table().snapshots.back().summary.at("total-records"), "7");
}

TEST_F(RelocationTest, UnreadableTableIsNamed) {
  world_.active_batch({10});
  must(relocate());
  world_.hooked_store().place = "moved://far/";
  const ObjectKey list = world_.table().snapshots[0].manifest_list;
  must(world_.store().append_tail(list, 10, {}));
  const Error error = refusal_of(relocate());
  EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  EXPECT_THAT(error.message, testing::HasSubstr(list.text()));
}

}  // namespace
}  // namespace lakegate
