// OutsideTokens: tokens of registered OIDC issuers become accounts. Each org registers the issuers that it trusts; a
// token counts for every org whose terms it fulfils.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "auth/directory.h"
#include "auth/issuer.h"
#include "auth/issuer_keys.h"
#include "auth/issuer_token.h"
#include "base/clock.h"
#include "base/result.h"
#include "ledger/ledger.h"

namespace lakegate::auth {

// Why a token is taken or refused, for whoever set the issuer up: what was looked at, in order.
struct TokenReport {
  struct Step {
    std::string issuer_id;  // empty: of the token itself
    std::string what;       // "form", "issuer", "terms", "times", "signature", "mapping", "apiKey"
    bool passed = false;
    std::string detail;
  };
  std::vector<Step> steps;
  bool accepted = false;
  // What it was accepted as.
  std::string issuer_id;
  ApiKey api_key;
  ImsOrgId ims_org;
  std::string user;
};

// Thread-safe. May block on the ledger and, for a moment, on an issuer (IssuerKeys): pool threads only. References
// outlive it.
class OutsideTokens {
 public:
  OutsideTokens(Ledger& ledger, const Directory& directory, IssuerKeys& keys, const Clock& clock)
      : ledger_(ledger), directory_(directory), keys_(keys), clock_(clock) {}

  // The API key that the token is mapped to, with the token's user. `api_key`: which one the request names; where
  // several orgs trust the token it decides, without one the oldest registration whose key is in use. `token_invalid`;
  // `org_forbidden`: a good token that no mapping fits; `api_key_invalid`: none of those that it is mapped to;
  // `issuer_unreachable`.
  Result<Account> authenticate(std::string_view token, std::optional<std::string_view> api_key) const;

  // `org`: its registrations alone; none: all.
  Result<TokenReport> explain(std::string_view token, std::optional<OrgNumber> org) const;

  IssuerKeys& keys() const { return keys_; }

  // To be called after the commit of every change to an issuer: it holds when this returns.
  void forget();

 private:
  struct Registry {
    uint64_t generation = 0;
    std::map<std::string, std::vector<Issuer>, std::less<>> by_issuer;  // the oldest registration first
  };
  using RegistryView = std::shared_ptr<const Registry>;
  struct Candidate {
    ApiKey api_key;
    std::string user;
    int64_t clock_skew_s = 0;
  };
  struct Verified {
    uint64_t generation = 0;
    std::string issuer;
    std::string fingerprint;  // of the key that signed it
    TokenTimes times;
    std::vector<Candidate> candidates;  // never empty
  };
  using VerifiedView = std::shared_ptr<const Verified>;

  Result<RegistryView> registry() const;
  Result<VerifiedView> verified(std::string_view token) const;
  Result<VerifiedView> verify(std::string_view token, const Registry& registry) const;
  VerifiedView remembered(const std::string& digest) const;
  Result<bool> still_signed(const Verified& token) const;
  Result<Account> account_of(const Verified& token, const Candidate& candidate) const;
  Result<std::shared_ptr<const IssuerKey>> signer(const IssuerToken& token) const;
  bool explain_with(const IssuerToken& token, const Issuer& issuer, TokenReport& report) const;

  Ledger& ledger_;
  const Directory& directory_;
  IssuerKeys& keys_;
  const Clock& clock_;

  mutable std::shared_mutex mutex_;
  // Guarded by mutex_. A read that began before `forget` must not store what it saw: it compares the generation.
  uint64_t generation_ = 0;
  mutable RegistryView registry_;
  mutable std::unordered_map<std::string, VerifiedView> verified_;  // by the SHA-256 of the token's text
};

}  // namespace lakegate::auth
