#include "metrics/batch_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/ledger_test_support.h"

namespace lakegate::metrics {
namespace {

using testing::HasSubstr;

// Whatever happens to batches, the figures are those that the ledger would give.
TEST(BatchCounts, KeepsUpWithTheLedger) {
  LedgerWorld world;
  world.move_to(world.insert_batch(), BatchStatus::active);
  const auto in_ledger = [&] {
    return must(world.read([](ReadTx& tx) { return ledger::count_batches_by_status(tx); }));
  };
  BatchCounts counts(in_ledger());
  world.ledger().add_listener([&](std::span<const Wake> wakes) { counts.wake(wakes); });
  for (const BatchStatus status : all_batch_statuses) world.move_to(world.insert_batch(), status);
  Exposition out;
  counts.expose(out);
  const std::string text = out.text();
  const ledger::BatchCounts expected = in_ledger();
  for (const BatchStatus status : all_batch_statuses) {
    EXPECT_THAT(text, HasSubstr(fmt::format("lakegate_batches{{state=\"{}\"}} {}\n", to_string(status),
                                            expected[static_cast<size_t>(status)])));
  }
  EXPECT_THAT(text, HasSubstr(R"(lakegate_batch_transitions_total{from="none",to="loading"} 10)"));
  EXPECT_THAT(text, HasSubstr(R"(lakegate_batch_transitions_total{from="staged",to="active"} 3)"));
}

}  // namespace
}  // namespace lakegate::metrics
