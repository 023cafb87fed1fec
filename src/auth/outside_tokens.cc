#include "auth/outside_tokens.h"

#include <boost/json.hpp>

#include <algorithm>
#include <mutex>
#include <set>

#include "auth/error_codes.h"
#include "auth/issuer_json.h"
#include "base/error_codes.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "ledger/issuers.h"

namespace lakegate::auth {
namespace {

namespace json = boost::json;

constexpr size_t verified_max = 4096;  // some 2 MB; over it all are verified anew
constexpr size_t shown_bytes_max = 200;

Result<Issuer> issuer_of(const ledger::IssuerRow& row) {
  json::error_code failed;
  const json::value definition = json::parse(row.definition, failed);
  if (failed || !definition.is_object())
    return fail(codes::corrupt, "The definition of issuer {} is no JSON object.", row.id);
  LG_ASSIGN(IssuerTerms terms, read_issuer(definition.get_object()));
  return Issuer{
      .id = row.id, .org = row.org, .terms = std::move(terms), .created = row.created, .updated = row.updated};
}

std::unexpected<Error> unknown_issuer(std::string_view issuer) {
  return fail(codes::token_invalid, "No issuer \"{}\" is registered here.", printable(issuer, shown_bytes_max));
}

}  // namespace

Result<OutsideTokens::RegistryView> OutsideTokens::registry() const {
  uint64_t generation = 0;
  {
    const std::shared_lock lock(mutex_);
    if (registry_) return registry_;
    generation = generation_;
  }
  LG_ASSIGN(const std::vector<ledger::IssuerRow> rows,
            ledger_.read([](ReadTx& tx) { return ledger::all_issuers(tx); }));
  auto made = std::make_shared<Registry>();
  made->generation = generation;
  std::set<std::string> names;
  for (const ledger::IssuerRow& row : rows) {
    LG_ASSIGN(Issuer issuer, issuer_of(row));
    names.insert(issuer.terms.issuer);
    made->by_issuer[issuer.terms.issuer].push_back(std::move(issuer));
  }
  const std::unique_lock lock(mutex_);
  if (generation == generation_) {
    registry_ = made;
    verified_.clear();
    keys_.keep_only(names);
  }
  return made;
}

void OutsideTokens::forget() {
  const std::unique_lock lock(mutex_);
  ++generation_;
  registry_.reset();
  verified_.clear();
}

Result<std::shared_ptr<const IssuerKey>> OutsideTokens::signer(const IssuerToken& token) const {
  const auto has_one = [&](const KeySet& set) { return !set.candidates(token.key_id, token.algorithm).empty(); };
  LG_ASSIGN(const IssuerKeys::Known known, keys_.keys(std::string(token.issuer()), has_one));
  auto found = signer_of(token, *known.keys);
  if (!found && !known.current && !has_one(*known.keys)) {
    Error unsure{&codes::issuer_unreachable,
                 "The token names a key that is not known here, and its issuer cannot be asked now."};
    unsure.retry_after = std::chrono::seconds(5);
    return std::unexpected(std::move(unsure));
  }
  return found;
}

// What can be seen without a key comes first, so that no issuer is asked because of a token that is refused anyway.
Result<OutsideTokens::VerifiedView> OutsideTokens::verify(std::string_view text, const Registry& registry) const {
  LG_ASSIGN(const IssuerToken token, read_issuer_token(text));
  const auto found = registry.by_issuer.find(token.issuer());
  if (found == registry.by_issuer.end()) return unknown_issuer(token.issuer());
  std::vector<const Issuer*> passed;
  Status first_refusal;
  for (const Issuer& issuer : found->second) {
    Status fits = check_terms(token, issuer.terms);
    if (fits) fits = check_times(times_of(token).value(), issuer.terms.clock_skew_s, clock_.now_ms());
    if (fits) {
      passed.push_back(&issuer);
    } else if (first_refusal) {
      first_refusal = std::move(fits);
    }
  }
  if (passed.empty()) return std::unexpected(std::move(first_refusal).error());
  LG_ASSIGN(const std::shared_ptr<const IssuerKey> key, signer(token));
  auto made = std::make_shared<Verified>();
  made->generation = registry.generation;
  made->issuer = found->first;
  made->fingerprint = key->fingerprint();
  made->times = times_of(token).value();
  for (const Issuer* issuer : passed) {
    const KeyMapping* mapping = issuer->terms.mapping_of(token.claims);
    if (mapping == nullptr) continue;
    made->candidates.push_back({.api_key = mapping->api_key,
                                .user = outside_user(issuer->terms, user_of(token, issuer->terms).value()),
                                .clock_skew_s = issuer->terms.clock_skew_s});
  }
  if (made->candidates.empty())
    return fail(codes::org_forbidden, "The token is good, but no mapping of its issuer to an API key fits its claims.");
  return made;
}

OutsideTokens::VerifiedView OutsideTokens::remembered(const std::string& digest) const {
  const std::shared_lock lock(mutex_);
  const auto found = verified_.find(digest);
  return found == verified_.end() ? nullptr : found->second;
}

// Whether the issuer still shows the key that signed it.
Result<bool> OutsideTokens::still_signed(const Verified& token) const {
  const auto has_it = [&](const KeySet& set) { return set.contains(token.fingerprint); };
  LG_ASSIGN(const IssuerKeys::Known known, keys_.keys(token.issuer, has_it));
  return has_it(*known.keys);
}

Result<OutsideTokens::VerifiedView> OutsideTokens::verified(std::string_view token) const {
  if (token.size() > issuer_token_bytes_max)
    return fail(codes::token_invalid, "It has {} bytes; at most {} are taken.", token.size(), issuer_token_bytes_max);
  const std::string digest = sha256_hex(token);
  if (VerifiedView found = remembered(digest)) {
    LG_ASSIGN(const bool still, still_signed(*found));
    if (still) return found;
  }
  LG_ASSIGN(const RegistryView current, registry());
  LG_ASSIGN(VerifiedView made, verify(token, *current));
  const std::unique_lock lock(mutex_);
  if (made->generation == generation_) {
    if (verified_.size() >= verified_max) verified_.clear();
    verified_.insert_or_assign(digest, made);
  }
  return made;
}

// The account of the candidate's key, with the token's user.
Result<Account> OutsideTokens::account_of(const Verified& token, const Candidate& candidate) const {
  LG_TRY(check_times(token.times, candidate.clock_skew_s, clock_.now_ms()));
  Result<Account> account = directory_.account(candidate.api_key);
  if (!account && account.error().kind() == ErrorKind::not_found) {
    return fail(codes::token_invalid,
                "The API key that its claims are mapped to does not exist any more or is disabled.");
  }
  // Of a token that begins later than it was issued the issue counts: it was out when they were revoked.
  if (account && account->client.tokens_void_until > 0 && token.times.issued <= account->client.tokens_void_until)
    return fail(codes::token_invalid, "Tokens of that time were revoked. Get another one.");
  if (account) account->client.user_id = candidate.user;
  return account;
}

Result<Account> OutsideTokens::authenticate(std::string_view token, std::optional<std::string_view> api_key) const {
  LG_ASSIGN(const VerifiedView read, verified(token));
  if (api_key && !api_key->empty()) {
    const auto chosen = std::ranges::find(
        read->candidates, *api_key, [](const Candidate& each) -> std::string_view { return each.api_key.text(); });
    if (chosen != read->candidates.end()) return account_of(*read, *chosen);
    return fail(codes::api_key_invalid, "It is not the API key that the token's claims are mapped to.");
  }
  // The oldest registration whose key is in use.
  Result<Account> first = account_of(*read, read->candidates.front());
  for (size_t i = 1; i < read->candidates.size() && !first; ++i) {
    if (first.error().kind() != ErrorKind::unauthenticated) break;
    if (Result<Account> other = account_of(*read, read->candidates[i])) return other;
  }
  return first;
}

}  // namespace lakegate::auth
