// Authenticator: secrets become tokens, tokens become accounts. contract/auth.md.
#pragma once

#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "auth/access_token.h"
#include "auth/directory.h"
#include "auth/identity.h"
#include "auth/outside_tokens.h"
#include "auth/token_key.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"

namespace lakegate::auth {

// Thread-safe. Everything here may block on the ledger: pool threads only. References outlive it.
class Authenticator {
 public:
  // `enabled` false: `authenticate` is never asked, `operator_account` takes its place (setting auth.enabled).
  // `outside`: takes tokens that are not of this server; null: they are refused.
  Authenticator(const Directory& directory, const TokenKey& key, const Clock& clock, Random& random,
                bool enabled = true, const OutsideTokens* outside = nullptr)
      : directory_(directory), key_(key), clock_(clock), random_(random), enabled_(enabled), outside_(outside) {}

  bool enabled() const { return enabled_; }

  // A new token of one day; older ones stay good. `client_unknown`, `client_secret_wrong`.
  Result<std::string> issue(const ApiKey& client_id, std::string_view client_secret, std::string_view scope) const;

  // The same for an assertion that the client signed: JWT exchange, contract/auth.md. `exchange_refused` for a wrong id
  // or secret; codes of verify_assertion.
  Result<std::string> exchange(const ApiKey& client_id, std::string_view client_secret,
                               std::string_view assertion) const;

  // The account of a token, looked up anew for each request: a disabled client's tokens end at once. `token_invalid`;
  // `unavailable` while the ledger cannot be read. Of a token of an outside issuer: see OutsideTokens::authenticate,
  // which alone asks for `api_key`.
  Result<Account> authenticate(std::string_view token, std::optional<std::string_view> api_key = {}) const;

  Result<Account> operator_account() const { return directory_.first_account(); }

  // `sandbox_unknown`: there is none of that name, or the key has no part in it.
  Result<Identity> identity(const Account& account, const std::string& sandbox_name, Right wanted) const;
  // For what names its sandbox itself, as paths of /iceberg do: the key may have no part in this one unless the client
  // `named` it; then `scope` sees nothing. `right_missing` where it has the right nowhere in the org.
  Result<Identity> identity_in_org(const Account& account, const std::string& sandbox_name, bool named,
                                   Right wanted) const;
  // Whether the key's rights reach as far as the need does. `right_missing`, `operator_only`.
  Status check(const Identity& identity, const Need& need) const;

 private:
  Result<Account> check_secret(const ApiKey& client_id, std::string_view client_secret) const;
  std::string new_token(const Account& account, std::string_view scope) const;
  // A signature is verified once per token text; its times at each use.
  std::optional<AccessToken> remembered(std::string_view token) const;
  Result<AccessToken> verified(std::string_view token) const;
  Result<Account> account_of(const AccessToken& token) const;

  const Directory& directory_;
  const TokenKey& key_;
  const Clock& clock_;
  Random& random_;
  const bool enabled_;
  const OutsideTokens* const outside_;

  mutable std::shared_mutex mutex_;
  mutable std::map<std::string, AccessToken, std::less<>> verified_;  // by the whole text; guarded by mutex_
};

}  // namespace lakegate::auth
