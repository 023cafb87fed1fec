// A POST that creates something, safe to send again: what its Idempotency-Key means, for every such route.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/gateway.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "ledger/idempotency.h"
#include "ledger/ledger.h"
#include "model/ids.h"

namespace lakegate::api {

struct IdempotencyKey {
  std::string text;          // empty: the client sent none; else with the client's id before it, in a line of its own
  std::string request_hash;  // tells another request under the same key
};

// A key is its client's own: answers show what others may not see. `operation` names the route in the hash ("create
// batch"), so that aliases of a path count as one and the same key on another route is noticed; the rest of the hash is
// the body. `invalid_argument`: empty, over 255 bytes, or not of visible ASCII.
Result<IdempotencyKey> read_idempotency_key(const http::Request& request, std::string_view operation);

// The answer that is kept under the key; none: there is none, or no key. Before work whose own checks would find that
// it is done already. `idempotency_mismatch`. Blocks.
Result<std::optional<ledger::StoredAnswer>> find_answer(Ledger& ledger, const Scope& scope, const IdempotencyKey& key);

// One ledger write: the answer that is kept under the key, else what `work` does and answers, kept in the same
// transaction. Without a key just the work. An error of `work` is not kept: the request may be sent again. `work` may
// run again, as every closure of a write. `idempotency_mismatch`. Blocks.
using CreatingWork = std::function<Result<ledger::StoredAnswer>(Tx&)>;
Result<ledger::StoredAnswer> answer_once(Ledger& ledger, const Scope& scope, const IdempotencyKey& key, Millis now,
                                         const CreatingWork& work);

// The response that the answer stands for, with its Location: JSON, or without a body where it has none.
http::Response to_response(ledger::StoredAnswer answer);

// For requests that change something and do the same when they come again, like actions: the answer is kept after the
// work, so that a crash in between lets the work happen twice. `read_action_key`: target and body tell the request (a
// body that is a stream means nothing). `find_kept` gives the answer of an earlier one; `keep` a successful answer, or
// the one that was kept meanwhile. Both do nothing without a key. They block.
Result<IdempotencyKey> read_action_key(const http::Request& request);
Result<std::optional<http::Response>> find_kept(Ledger& ledger, const Scope& scope, const IdempotencyKey& key);
Result<http::Response> keep(Ledger& ledger, const Scope& scope, const IdempotencyKey& key, Millis now,
                            http::Response response);
// A handler with both around it, for POSTs of that kind.
Gateway::Handler answering_again(Ledger& ledger, const Clock& clock, Gateway::Handler handler);

}  // namespace lakegate::api
