#include "events/cloud_event.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error_codes.h"
#include "ledger/batches.h"
#include "ledger/ledger_test_support.h"

namespace lakegate::events {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

ledger::Event event_of(const char* kind, const char* batch, const char* detail) {
  return {.dataset_id = DatasetId("d1"),
          .seq = 7,
          .at = 1'598'374'341'560,
          .kind = kind,
          .batch_id = BatchId(batch),
          .detail = detail,
          .scope = {},
          .position = 99,
          .ims_org = "acme@AdobeOrg",
          .sandbox_name = "prod"};
}

void check(const ledger::Event& event, const char* expected) {
  EXPECT_EQ(json::value(cloud_event(event)), json::parse(expected)) << cloud_event_text(event);
}

TEST(CloudEvent, OfABatchOnItsWay) {
  check(event_of("batch.loaded", "b1",
                 R"({"from":"loading","event":"complete","cause":"COMPLETE by client","user":"ann","format":"csv",
                     "trace":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","started":5})"),
        R"({"specversion":"1.0","id":"d1/7","source":"/data/foundation/catalog/dataSets/d1",
            "type":"io.lakegate.batch.loaded","subject":"b1","time":"2020-08-25T16:52:21.560Z",
            "datacontenttype":"application/json","sequence":"7","partitionkey":"d1",
            "traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "data":{"batch":"b1","dataset":"d1","org":"acme@AdobeOrg","sandbox":"prod","status":"loaded",
                    "from":"loading","event":"complete","cause":"COMPLETE by client","user":"ann","format":"csv",
                    "started":5}})");
}

TEST(CloudEvent, OfADataset) {
  check(event_of("dataset.created", "", R"({"name":"orders","user":"ann"})"),
        R"({"specversion":"1.0","id":"d1/7","source":"/data/foundation/catalog/dataSets/d1",
            "type":"io.lakegate.dataset.created","subject":"d1","time":"2020-08-25T16:52:21.560Z",
            "datacontenttype":"application/json","sequence":"7","partitionkey":"d1",
            "data":{"dataset":"d1","org":"acme@AdobeOrg","sandbox":"prod","name":"orders","user":"ann"}})");
}

// As the platform's documentation shows a notification.
TEST(CloudEvent, EndsSpeakThePlatformsWords) {
  const auto data = [](const char* kind, const char* detail) {
    return cloud_event(event_of(kind, "b1", detail)).at("data").as_object();
  };
  const json::object failed = data("batch.failed", R"({"externalId":"nightly","completed":5})");
  EXPECT_EQ(failed.at("xdm:eventCode"), "ing_load_failure");
  EXPECT_EQ(failed.at("xdm:ingestionId"), "b1");
  EXPECT_EQ(failed.at("xdm:customerIngestionId"), "nightly");
  EXPECT_EQ(failed.at("xdm:imsOrg"), "acme@AdobeOrg");
  EXPECT_EQ(failed.at("xdm:completed"), 5);
  EXPECT_EQ(failed.at("xdm:datasetId"), "d1");
  EXPECT_EQ(failed.at("xdm:sandboxName"), "prod");
  EXPECT_EQ(failed.at("sentTime"), "1598374341560");
  EXPECT_EQ(failed.at("processStartTime"), 1'598'374'341'560);
  EXPECT_EQ(failed.at("transformedTime"), 1'598'374'341'560);
  const json::object active = data("batch.active", R"({"completed":6})");
  EXPECT_EQ(active.at("xdm:eventCode"), "ing_load_success");
  EXPECT_EQ(active.at("xdm:customerIngestionId"), "b1");
  for (const char* kind : {"batch.loading", "batch.aborted", "batch.abandoned", "batch.inactive", "dataset.updated"}) {
    EXPECT_FALSE(data(kind, "{}").contains("xdm:eventCode")) << kind;
  }
}

TEST(CloudEvent, TypesMeanKinds) {
  const auto kinds = [](std::vector<std::string> types) { return must(kinds_of_types(types)); };
  EXPECT_THAT(kinds({}), SizeIs(0));
  EXPECT_THAT(kinds({"batch.active", "io.lakegate.batch.failed", "batch.active"}),
              ElementsAre("batch.active", "batch.failed"));
  EXPECT_THAT(kinds({"batch.*"}), SizeIs(all_batch_statuses.size()));
  EXPECT_THAT(kinds({"io.lakegate.dataset.*"}), ElementsAre("dataset.created", "dataset.updated", "dataset.deleted"));
  EXPECT_THAT(kinds({"*"}), SizeIs(event_kinds().size()));
  for (const char* wrong : {"", "batch", "batch.Active", "batch.a*", ".*", "io.lakegate."}) {
    const auto refused = kinds_of_types(std::vector<std::string>{"batch.active", wrong});
    ASSERT_FALSE(refused.has_value()) << wrong;
    EXPECT_THAT(refused.error().message, HasSubstr("dataset.created"));
  }
}

// Whatever happens to batch and dataset later: what was told stays as it was told.
TEST(CloudEvent, StaysAsItWas) {
  LedgerWorld world;
  Batch batch = world.new_batch();
  batch.external_id = "nightly";
  world.insert_batch(batch);
  const auto texts = [&] {
    std::vector<std::string> all;
    const auto read = [&](ReadTx& tx) { return ledger::list_events(tx, world.dataset(), 0, 100); };
    for (const ledger::Event& event : must(world.read(read))) all.push_back(cloud_event_text(event));
    return all;
  };
  std::vector<std::string> known;
  for (const BatchEvent event : {BatchEvent::complete, BatchEvent::take, BatchEvent::judged, BatchEvent::promote,
                                 BatchEvent::revert, BatchEvent::sweep}) {
    must(world.write([&](Tx& tx) {
      return ledger::set_totals(tx, batch.id, {.file_count = 1, .size_bytes = static_cast<int64_t>(event) + 1});
    }));
    world.move(batch.id, event);
    const std::vector<std::string> now = texts();
    ASSERT_EQ(now.size(), (known.empty() ? 1 : known.size()) + 1);
    EXPECT_TRUE(std::ranges::equal(known, std::span(now).first(known.size())));
    known = now;
  }
}

// Five errors of a thousand, each cut: what a lane carries has a size.
TEST(CloudEvent, HasALimit) {
  LedgerWorld world;
  const BatchId id = world.insert_batch();
  const std::string longest(100'000, 'x');
  const std::vector<BatchError> errors(20, {.code = "LG-2100-400",
                                            .description = longest,
                                            .file = longest,
                                            .column = longest,
                                            .rows = {1},
                                            .record_count = 3,
                                            .found = longest,
                                            .expected = longest});
  must(world.write([&](Tx& tx) -> Status {
    LG_TRY(ledger::add_errors(tx, id, errors));
    LG_TRY(ledger::transition(tx, id, BatchEvent::fail_by_client, 1, "FAIL by client", "ann"));
    return {};
  }));
  const auto events = must(world.read([&](ReadTx& tx) { return ledger::list_events(tx, world.dataset(), 1, 100); }));
  ASSERT_EQ(events.size(), 1U);
  const json::object data = cloud_event(events[0]).at("data").as_object();
  EXPECT_EQ(data.at("errorCount"), 20);
  EXPECT_EQ(data.at("errors").as_array().size(), 5U);
  EXPECT_EQ(data.at("errors").at(0).at("rows"), 3);
  EXPECT_LT(cloud_event_text(events[0]).size(), 8'000U);
}

}  // namespace
}  // namespace lakegate::events
