#include "access/sent_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/access_test_support.h"
#include "access/batch_meta.h"
#include "ledger/objects.h"

namespace lakegate::access {
namespace {

using testing::AccessWorld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Listed {
  std::vector<std::string> ids;
  int64_t total = 0;
};

Listed list(AccessWorld& world, const BatchId& batch, int64_t start = 0, int64_t limit = 100) {
  const SentFilesPage page = must(
      world.read([&](ReadTx& tx) { return list_sent_files(tx, Sight::whole(world.scope()), batch, start, limit); }));
  Listed listed{.ids = {}, .total = page.total};
  for (const BatchFile& file : page.files) listed.ids.push_back(data_set_file_id(file).substr(batch.text().size()));
  EXPECT_EQ(page.view_id.empty(), page.total == 0);
  return listed;
}

Result<SentFile> find(AccessWorld& world, const Scope& scope, std::string_view id) {
  return world.read([&](ReadTx& tx) { return find_sent_file(tx, Sight::whole(scope), id); });
}

TEST(SentFiles, ComeInPages) {
  AccessWorld world;
  const BatchId batch = world.begin_batch();
  for (const char* path : {"z", "a", "m", "z"}) world.put_file(batch, path);
  world.move_to(batch, BatchStatus::loaded);
  EXPECT_THAT(list(world, batch).ids, ElementsAre("-1", "-2", "-3"));
  EXPECT_THAT(list(world, batch, 1, 1).ids, ElementsAre("-2"));
  EXPECT_EQ(list(world, batch, 1, 1).total, 3);
  EXPECT_THAT(list(world, batch, 3, 1).ids, IsEmpty());
  EXPECT_THAT(list(world, batch, INT64_MAX, 1).ids, IsEmpty());
}

TEST(SentFiles, AreSeenFromCompleteOn) {
  for (const BatchStatus status : all_batch_statuses) {
    AccessWorld world;
    const BatchId batch = world.begin_batch();
    world.put_file(batch, "a");
    world.move_to(batch, status);  // `failed`: by the client while loading
    const bool seen = status == BatchStatus::loaded || status == BatchStatus::staging ||
                      status == BatchStatus::staged || status == BatchStatus::active;
    EXPECT_EQ(list(world, batch).ids.size(), seen ? 1U : 0U) << to_string(status);
    EXPECT_EQ(find(world, world.scope(), batch.text() + "-1").has_value(), seen) << to_string(status);
  }
  AccessWorld world;
  const BatchId batch = world.begin_batch();
  world.put_file(batch, "a");
  world.move_to(batch, BatchStatus::staging);
  world.move(batch, BatchEvent::fail);
  EXPECT_EQ(list(world, batch).ids.size(), 1U);
}

TEST(SentFiles, AreFoundByTheirIdsInTheirScope) {
  AccessWorld world;
  const BatchId batch = world.active_batch("id: int64", "[[1]]");
  const std::string id = batch.text() + "-1";
  EXPECT_EQ(must(find(world, world.scope(), id)).file.path, "a.parquet");
  for (const Scope& other : {world.other_org(), world.other_sandbox()}) {
    EXPECT_EQ(refusal_of(find(world, other, id)).code->id, "LG-1200-404");
    EXPECT_EQ(refusal_of(world.read([&](ReadTx& tx) {
                return list_sent_files(tx, Sight::whole(other), batch, 0, 9);
              })).code->id,
              "LG-1100-404");
  }
  for (const std::string& wrong : {batch.text(), batch.text() + "-", batch.text() + "-0", batch.text() + "-01",
                                   batch.text() + "-2", batch.text() + "--1", batch.text() + "-1x", std::string("-1"),
                                   std::string(), batch.text() + "-99999999999999999999", std::string("none-1")}) {
    EXPECT_EQ(refusal_of(find(world, world.scope(), wrong)).code->id, "LG-1200-404") << wrong;
  }
}

TEST(SentFiles, AreOpenedAsTheyWereSent) {
  AccessWorld world;
  const BatchId batch = world.begin_batch();
  const std::string sent = world.add_file(batch, "a.parquet", "id: int64", "[[1], [2]]");
  world.move_to(batch, BatchStatus::active);
  const SentFile found = must(find(world, world.scope(), batch.text() + "-1"));
  const OpenObject object = must(open_sent_file(world.objects(), found));
  std::string read(sent.size(), '\0');
  ASSERT_EQ(::pread(object.fd.get(), read.data(), read.size(), 0), static_cast<ssize_t>(sent.size()));
  EXPECT_EQ(read, sent);
  EXPECT_GT(object.size_bytes, found.file.sent_bytes);

  must(world.objects().append_tail(found.file.object, found.file.sent_bytes - 1, {}));
  EXPECT_EQ(refusal_of(open_sent_file(world.objects(), found)).code->id, "LG-1005-500");
  must(world.objects().remove(found.file.object));
  EXPECT_EQ(refusal_of(open_sent_file(world.objects(), found)).code->id, "LG-1200-404");
}

TEST(SentFiles, OfAFailedBatchGoWithTheirObjects) {
  AccessWorld world;
  const BatchId batch = world.begin_batch();
  world.add_file(batch, "a.parquet", "id: int64", "[[1]]");
  const std::string id = batch.text() + "-1";
  world.move_to(batch, BatchStatus::staging);
  world.move(batch, BatchEvent::fail);
  const ObjectKey object = must(find(world, world.scope(), id)).file.object;
  must(open_sent_file(world.objects(), must(find(world, world.scope(), id))));
  must(world.write([&](Tx& tx) -> Status {
    LG_TRY(ledger::condemn_batch_objects(tx, batch, 0));
    return ledger::forget_object(tx, object, AccessWorld::epoch);
  }));
  EXPECT_EQ(refusal_of(open_sent_file(world.objects(), must(find(world, world.scope(), id)))).code->id, "LG-1200-404");
}

// Directories as "name length" lines, files as their text.
std::string meta(AccessWorld& world, const BatchId& batch, std::string_view path) {
  const auto read = world.read([&](ReadTx& tx) -> Result<std::variant<MetaDirectory, MetaFile>> {
    LG_ASSIGN(const Batch found, ledger::get_batch(tx, batch));
    return read_meta(tx, found, path);
  });
  if (!read) return std::string(read.error().code->id);
  if (const auto* file = std::get_if<MetaFile>(&*read)) return *file;
  std::string lines;
  for (const MetaEntry& entry : std::get<MetaDirectory>(*read)) {
    lines += fmt::format("{} {}\n", entry.name, entry.length_bytes);
  }
  return lines;
}

TEST(BatchMeta, ListsInputFiles) {
  AccessWorld world;
  const BatchId batch = world.begin_batch();
  world.put_file(batch, "part=1/x \"1\".parquet");
  world.put_file(batch, "y.parquet");
  EXPECT_EQ(meta(world, batch, ""), "");
  EXPECT_EQ(meta(world, batch, "input_files"), "LG-1200-404");
  world.move_to(batch, BatchStatus::loaded);
  const std::string text = "{\"path\":\"part=1/x \\\"1\\\".parquet\"}\n{\"path\":\"y.parquet\"}\n";
  EXPECT_EQ(meta(world, batch, ""), "input_files 0\nrow_errors 0\n");
  EXPECT_EQ(meta(world, batch, "/"), "input_files 0\nrow_errors 0\n");
  EXPECT_EQ(meta(world, batch, "input_files"), fmt::format("input_files/fileMetaData1.json {}\n", text.size()));
  EXPECT_EQ(meta(world, batch, "input_files/fileMetaData1.json"), text);
  for (const char* none : {"input_files/fileMetaData2.json", "input_files/fileMetaData0.json", "row_errors/none", "..",
                           "input_files/../input_files", "input_filesfileMetaData1.json"}) {
    EXPECT_EQ(meta(world, batch, none), "LG-1200-404") << none;
  }
}

TEST(BatchMeta, CutsLongLists) {
  AccessWorld world;
  const BatchId batch = world.begin_batch();
  must(world.write([&](Tx& tx) -> Status {  // as one: a thousand commits take their time
    for (int64_t i = 0; i <= paths_per_meta_file; ++i) {
      const ObjectKey key(fmt::format("1/data/many-{:04}", i));
      LG_TRY(ledger::begin_object(tx, key, world.people(), batch, AccessWorld::epoch));
      LG_TRY(ledger::put_whole_file(
          tx, batch, {.path = std::to_string(i), .object = key, .sent_bytes = 1, .sha256 = {}}, 10'000, 0, 1));
    }
    return {};
  }));
  world.move_to(batch, BatchStatus::loaded);
  EXPECT_EQ(meta(world, batch, "input_files/fileMetaData2.json"), "{\"path\":\"1000\"}\n");
}

}  // namespace
}  // namespace lakegate::access
