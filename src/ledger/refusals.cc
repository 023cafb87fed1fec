#include "ledger/refusals.h"

#include <string>
#include <utility>

#include "model/error_codes.h"

namespace lakegate::ledger {
namespace {

// As clients spell what they ask for.
std::string_view words_of(BatchEvent event) {
  switch (event) {
    case BatchEvent::complete: return "COMPLETE";
    case BatchEvent::fail_by_client: return "FAIL";
    case BatchEvent::abort: return "ABORT";
    case BatchEvent::revert: return "REVERT";
    default: return to_string(event);
  }
}

std::string possible_in(BatchStatus status) {
  std::string possible = status == BatchStatus::loading ? "sending files" : "";
  for (const BatchEvent event :
       {BatchEvent::complete, BatchEvent::fail_by_client, BatchEvent::abort, BatchEvent::revert}) {
    if (!next_status(status, event)) continue;
    if (!possible.empty()) possible += ", ";
    possible += words_of(event);
  }
  return possible;
}

}  // namespace

std::unexpected<Error> wrong_state(const BatchId& id, BatchStatus status, std::string_view refused) {
  const std::string possible = possible_in(status);
  if (possible.empty()) {
    return fail(codes::batch_wrong_state,
                "Batch {} is {}: {} is not possible, and no other action any more. Create a new batch.", id,
                to_string(status), refused);
  }
  return fail(codes::batch_wrong_state, "Batch {} is {}: {} is not possible. Possible now: {}.", id, to_string(status),
              refused, possible);
}

std::unexpected<Error> wrong_state(const BatchId& id, BatchStatus status, BatchEvent refused) {
  return wrong_state(id, status, words_of(refused));
}

std::unexpected<Error> no_batch(const BatchId& id) { return fail(codes::batch_not_found, "There is no batch {}", id); }

std::unexpected<Error> no_file(const BatchId& batch, std::string_view path) {
  return fail(codes::file_not_found, "Batch {} has no file \"{}\"", batch, path);
}

}  // namespace lakegate::ledger
