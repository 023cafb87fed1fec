// What an event of a batch keeps of its moment: a JSON object that says everything which later changes would take away,
// so that the event reads the same whenever it is sent. Members that have nothing to say are left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/batch.h"

namespace lakegate::ledger {

inline constexpr int64_t errors_in_event_max = 5;         // the first ones; their number is there, too
inline constexpr size_t error_text_characters_max = 500;  // of each description; other texts of an error: 200

// "batch." and the status.
std::string event_kind(BatchStatus status);

// externalId, format, user, client, trace.
std::string creation_detail(const Batch& batch);

struct TransitionFacts {
  BatchStatus from;
  BatchEvent event;
  std::string_view cause;
  std::string_view user;  // may be empty
  std::vector<BatchError> first_errors = {};
  int64_t error_count = 0;
};
// from, event, cause, user, externalId, format, trace; from COMPLETE on started, files, bytes, records, failedRecords;
// of ends created and completed; of those that are or were active snapshotId; of failed ones errorCount and errors
// {code, description, file, column, rows}.
std::string transition_detail(const Batch& batch, const TransitionFacts& facts);

}  // namespace lakegate::ledger
