// Actor: in whose name something of an org is changed, as the audit trail notes it.
#pragma once

#include <string>
#include <utility>

#include "base/clock.h"
#include "ledger/audit.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::auth {

struct Actor {
  OrgNumber org;           // whose audit trail it is
  std::string user;        // user id, or "server"
  std::string request_id;  // empty: no request
  Millis now = 0;
};

// `detail` is a JSON object, with what was before and what is after where that can be said; never a secret.
inline Status note(Tx& tx, const Actor& actor, std::string action, std::string subject, std::string detail = "{}") {
  return ledger::record_audit(tx, {.org = actor.org,
                                   .at = actor.now,
                                   .actor = actor.user,
                                   .action = std::move(action),
                                   .subject = std::move(subject),
                                   .detail = std::move(detail),
                                   .request_id = actor.request_id});
}

}  // namespace lakegate::auth
