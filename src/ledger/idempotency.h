// Answers kept for requests that may be sent again: stored in the transaction that does what they ask for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

struct StoredAnswer {
  int status = 0;
  std::string location;  // header; may be empty
  std::string body;
};

// `key` is shown from behind its last line break: before it stands whose it is.
//
// The answer that was kept under the key, if any. `idempotency_mismatch`: another request used the key.
Result<std::optional<StoredAnswer>> find_answer(ReadTx& tx, const Scope& scope, std::string_view key,
                                                std::string_view request_hash);

// In the write that does the work: find_answer first, then the work, then this. `conflict`: the key has an answer.
Status keep_answer(Tx& tx, const Scope& scope, std::string_view key, std::string_view request_hash,
                   const StoredAnswer& answer, Millis now);

}  // namespace lakegate::ledger
