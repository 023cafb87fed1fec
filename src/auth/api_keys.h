// API keys of an org: made, changed, rotated, revoked. A key is a client with its secret and what it was granted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/actor.h"
#include "auth/enrolment.h"
#include "auth/rights.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "ledger/client_changes.h"
#include "ledger/ledger.h"
#include "ledger/orgs.h"
#include "model/grant.h"

namespace lakegate::auth {

using GrantList = std::optional<std::vector<Grant>>;  // none: no restriction

struct ApiKeyState {
  ledger::Client client;
  GrantList grants;
  std::vector<ledger::FormerSecret> former_secrets;  // good still
};

// Whoever asks: what they may hand on, and which key is theirs.
struct KeyHolder {
  Actor actor;
  ApiKey own;
  Grants grants;
};

struct ApiKeyOrder {
  std::string name;
  GrantList grants;
};
struct ApiKeyChange {
  std::optional<std::string> name;
  std::optional<GrantList> grants;
};
struct Rotation {
  Millis overlap = 0;  // how long the secret of now stays good
  bool revoke_tokens = false;
};
inline constexpr Millis overlap_max = 90LL * 24 * 60 * 60 * 1000;

// A new key that is not in the ledger yet, with its secret: kept nowhere but here.
struct PreparedKey {
  ledger::Client client;
  std::string secret;
};
PreparedKey prepare_key(OrgNumber org, const std::string& name, Random& random, const Actor& by);

// All in a transaction of the caller, with a row of the audit trail; the directory is to forget after the commit.
// `not_found`: the org has no such key, or it is deleted.
//
// `grant_exceeds`: the holder lacks a right that it would hand on, or would get hold of. `key_needed`: the org's last
// key that may manage all of it cannot be narrowed, revoked or deleted, by whomever; nor, by a holder who lacks `read`
// or `ingest` on all, the last that may manage all and hand that right on.
Status create_key(Tx& tx, const KeyHolder& by, const PreparedKey& key, const GrantList& grants);
Status change_key(Tx& tx, const KeyHolder& by, const ApiKey& key, const ApiKeyChange& change);
// The holder needs all rights that the key has, unless it is its own.
Status rotate_key(Tx& tx, const KeyHolder& by, const ApiKey& key, std::string_view secret_hash,
                  const Rotation& rotation);
// Out from the commit on, with all tokens it was given; nothing else of it changes. Again is fine.
Status revoke_key(Tx& tx, const KeyHolder& by, const ApiKey& key);
// Its secret is good again, its tokens are not. Whoever has the secret gets in: the holder needs all rights of the key.
Status enable_key(Tx& tx, const KeyHolder& by, const ApiKey& key);
Status delete_key(Tx& tx, const KeyHolder& by, const ApiKey& key);

// Whether the holder may let somebody act with the key: it has all rights that the key has, or it is its own.
// `grant_exceeds`. The key may be another org's.
Status check_lends(ReadTx& tx, const KeyHolder& by, const ApiKey& key);

Result<ApiKeyState> find_key(ReadTx& tx, OrgNumber org, const ApiKey& key, Millis now);
Result<std::vector<ApiKeyState>> list_keys(ReadTx& tx, OrgNumber org, Millis now);  // oldest first

}  // namespace lakegate::auth
