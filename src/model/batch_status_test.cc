#include "model/batch_status.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

namespace lakegate {
namespace {

// Every allowed step; each pair of state and event that is not named here must be refused.
const std::map<std::pair<BatchStatus, BatchEvent>, BatchStatus> allowed = {
    {{BatchStatus::loading, BatchEvent::complete}, BatchStatus::loaded},
    {{BatchStatus::loaded, BatchEvent::take}, BatchStatus::staging},
    {{BatchStatus::staging, BatchEvent::judged}, BatchStatus::staged},
    {{BatchStatus::staged, BatchEvent::promote}, BatchStatus::active},
    {{BatchStatus::loaded, BatchEvent::fail}, BatchStatus::failed},
    {{BatchStatus::staging, BatchEvent::fail}, BatchStatus::failed},
    {{BatchStatus::staged, BatchEvent::fail}, BatchStatus::failed},
    {{BatchStatus::loading, BatchEvent::fail_by_client}, BatchStatus::failed},
    {{BatchStatus::loaded, BatchEvent::fail_by_client}, BatchStatus::failed},
    {{BatchStatus::staging, BatchEvent::fail_by_client}, BatchStatus::failed},
    {{BatchStatus::staged, BatchEvent::fail_by_client}, BatchStatus::failed},
    {{BatchStatus::loading, BatchEvent::abort}, BatchStatus::aborted},
    {{BatchStatus::loaded, BatchEvent::abort}, BatchStatus::aborted},
    {{BatchStatus::loading, BatchEvent::abandon}, BatchStatus::abandoned},
    {{BatchStatus::active, BatchEvent::revert}, BatchStatus::inactive},
    {{BatchStatus::active, BatchEvent::replace}, BatchStatus::inactive},
    {{BatchStatus::active, BatchEvent::expire}, BatchStatus::inactive},
    {{BatchStatus::inactive, BatchEvent::sweep}, BatchStatus::deleted},
};

TEST(BatchStatus, EveryStateMeetsEveryEvent) {
  for (const BatchStatus status : all_batch_statuses) {
    for (const BatchEvent event : all_batch_events) {
      SCOPED_TRACE(std::string(to_string(status)) + " × " + std::string(to_string(event)));
      const auto row = allowed.find({status, event});
      const auto expected = row == allowed.end() ? std::nullopt : std::optional(row->second);
      EXPECT_EQ(next_status(status, event), expected);
    }
  }
}

TEST(BatchStatus, ReadsWhatItWritesAndTheSynonyms) {
  for (const BatchStatus status : all_batch_statuses) EXPECT_EQ(parse_batch_status(to_string(status)), status);
  EXPECT_EQ(parse_batch_status("Success"), BatchStatus::active);
  EXPECT_EQ(parse_batch_status("FAILURE"), BatchStatus::failed);
  EXPECT_EQ(parse_batch_status("done"), std::nullopt);
}

}  // namespace
}  // namespace lakegate
