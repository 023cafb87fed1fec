// The member `replay` of a batch, contract/batch-ingestion.md "Replay": as clients send it and as they see it.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/replay.h"
#include "pipeline/replay_order.h"

namespace lakegate::api {

// `predecessors` in the forms "ID", "$ID" and "${ID}"; `predecessorsByExternalId`; `reason`, "replace" if left out.
// `invalid_argument` names the member, what was found and what is expected. Empty where neither list has an entry.
Result<pipeline::ReplayOrder> read_replay(const boost::json::value& value);

boost::json::object render_replay(const Replay& replay);

// Adds `replay` to a rendered batch that replaces others.
Status add_replay(ReadTx& tx, const BatchId& id, boost::json::object& batch);

}  // namespace lakegate::api
