// Refusals that several operations share. `batch_wrong_state` names the batch's state and what that allows.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/batch_status.h"
#include "model/ids.h"

namespace lakegate::ledger {

// `refused`: what was asked for, as the subject of a sentence: "COMPLETE", "sending files".
std::unexpected<Error> wrong_state(const BatchId& id, BatchStatus status, std::string_view refused);
std::unexpected<Error> wrong_state(const BatchId& id, BatchStatus status, BatchEvent refused);

std::unexpected<Error> no_batch(const BatchId& id);
std::unexpected<Error> no_file(const BatchId& batch, std::string_view path);

}  // namespace lakegate::ledger
