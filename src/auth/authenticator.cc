#include "auth/authenticator.h"

#include <mutex>
#include <vector>

#include "auth/assertion.h"
#include "auth/client_secret.h"
#include "auth/error_codes.h"
#include "model/error_codes.h"

namespace lakegate::auth {
namespace {

constexpr size_t verified_max = 4096;  // some 4 MB; over it all are verified anew
constexpr size_t scope_bytes_max = 2048;

std::unexpected<Error> unknown_sandbox(const Account& account, const std::string& name) {
  return fail(codes::sandbox_unknown, "Org {} has no sandbox \"{}\", or none for this key.", account.org.ims_org, name);
}

Identity make_identity(const Account& account, const ledger::Sandbox& sandbox, Right wanted) {
  return Identity{.scope = Sight(sandbox.scope, wanted, account.grants.in(sandbox.scope.sandbox)),
                  .grants = account.grants,
                  .ims_org = account.org.ims_org,
                  .sandbox_name = sandbox.name,
                  .sandbox_id = sandbox.id,
                  .tenant = account.org.tenant,
                  .client_id = account.client.client_id,
                  .user_id = account.client.user_id};
}

}  // namespace

Result<Account> Authenticator::check_secret(const ApiKey& client_id, std::string_view client_secret) const {
  Result<Account> account = directory_.account(client_id);
  if (!account) {
    if (account.error().kind() != ErrorKind::not_found) return account;
    return fail(codes::client_unknown, "invalid client_id parameter");
  }
  if (client_secret_matches(client_secret, account->client.secret_hash)) return account;
  const Millis now = clock_.now_ms();
  for (const ledger::FormerSecret& former : account->former_secrets) {
    if (former.good_until > now && client_secret_matches(client_secret, former.secret_hash)) return account;
  }
  return fail(codes::client_secret_wrong, "invalid client_secret parameter");
}

std::string Authenticator::new_token(const Account& account, std::string_view scope) const {
  const Millis now = clock_.now_ms();
  return sign_token({.id = random_.ulid(now),
                     .client_id = account.client.client_id.text(),
                     .user_id = account.client.user_id,
                     .org = account.org.ims_org.text(),
                     .scope = std::string(scope.substr(0, scope_bytes_max)),
                     .created_at = now},
                    key_);
}

Result<std::string> Authenticator::issue(const ApiKey& client_id, std::string_view client_secret,
                                         std::string_view scope) const {
  LG_ASSIGN(const Account account, check_secret(client_id, client_secret));
  return new_token(account, scope);
}

Result<std::string> Authenticator::exchange(const ApiKey& client_id, std::string_view client_secret,
                                            std::string_view assertion) const {
  const Result<Account> account = check_secret(client_id, client_secret);
  if (!account) {
    const bool wrong = account.error().kind() == ErrorKind::unauthenticated;
    return wrong ? fail(codes::exchange_refused, "{}", account.error().message) : std::unexpected(account.error());
  }
  LG_ASSIGN(const std::vector<PublicKey> keys, directory_.keys_of(client_id));
  const AssertionTerms terms{.client_id = client_id, .ims_org = account->org.ims_org};
  LG_TRY(verify_assertion(assertion, keys, terms, clock_.now_ms()));
  return new_token(*account, {});
}

std::optional<AccessToken> Authenticator::remembered(std::string_view token) const {
  const std::shared_lock lock(mutex_);
  const auto found = verified_.find(token);
  return found == verified_.end() ? std::nullopt : std::optional(found->second);
}

Result<AccessToken> Authenticator::verified(std::string_view token) const {
  LG_ASSIGN(AccessToken read, verify_token(token, key_, clock_.now_ms()));
  const std::unique_lock lock(mutex_);
  if (verified_.size() >= verified_max) verified_.clear();
  verified_.emplace(token, read);
  return read;
}

Result<Account> Authenticator::account_of(const AccessToken& token) const {
  Result<Account> account = directory_.account(ApiKey(token.client_id));
  if (!account && account.error().kind() == ErrorKind::not_found) {
    return fail(codes::token_invalid, "Its client does not exist any more or is disabled.");
  }
  if (account && account->org.ims_org.text() != token.org)
    return fail(codes::token_invalid, "Its client moved to another org.");
  if (account && token.created_at <= account->client.tokens_void_until)
    return fail(codes::token_invalid, "Tokens of that time were revoked. Get another one.");
  return account;
}

Result<Account> Authenticator::authenticate(std::string_view token, std::optional<std::string_view> api_key) const {
  if (const std::optional<AccessToken> known = remembered(token)) {
    LG_TRY(check_times(*known, clock_.now_ms()));
    return account_of(*known);
  }
  if (outside_ != nullptr && !names_key(token, key_)) return outside_->authenticate(token, api_key);
  LG_ASSIGN(const AccessToken read, verified(token));
  return account_of(read);
}

Result<Identity> Authenticator::identity(const Account& account, const std::string& sandbox_name, Right wanted) const {
  const Result<ledger::Sandbox> sandbox = directory_.sandbox(account.org.number, sandbox_name);
  if (!sandbox && sandbox.error().kind() != ErrorKind::not_found) return std::unexpected(sandbox.error());
  if (!sandbox || !account.grants.sees(sandbox->scope.sandbox)) return unknown_sandbox(account, sandbox_name);
  return make_identity(account, *sandbox, wanted);
}

Result<Identity> Authenticator::identity_in_org(const Account& account, const std::string& sandbox_name, bool named,
                                                Right wanted) const {
  const Result<ledger::Sandbox> sandbox = directory_.sandbox(account.org.number, sandbox_name);
  if (!sandbox && sandbox.error().kind() != ErrorKind::not_found) return std::unexpected(sandbox.error());
  if (!sandbox || (named && !account.grants.sees(sandbox->scope.sandbox)))
    return unknown_sandbox(account, sandbox_name);
  if (!account.grants.anywhere(wanted)) {
    return fail(codes::right_missing, "The key has no right \"{}\" on any dataset of its org.",
                lakegate::to_string(wanted));
  }
  return make_identity(account, *sandbox, wanted);
}

Status Authenticator::check(const Identity& identity, const Need& need) const {
  const auto lacks = [&](std::string_view where) {
    return fail(codes::right_missing, "The key has no right \"{}\" {}.", lakegate::to_string(need.right), where);
  };
  switch (need.reach) {
    case Reach::dataset:
      if (identity.grants.somewhere(identity.scope.sandbox, need.right)) return {};
      return lacks(fmt::format("on any dataset of sandbox \"{}\"", identity.sandbox_name));
    case Reach::sandbox: {
      const auto rights = identity.grants.in(identity.scope.sandbox);
      if (rights == nullptr || rights->everywhere().has(need.right)) return {};
      return lacks(fmt::format("on all datasets of sandbox \"{}\"", identity.sandbox_name));
    }
    case Reach::org:
    case Reach::server: break;
  }
  if (!identity.grants.on_all(need.right)) return lacks("on all sandboxes and datasets of its org");
  if (need.reach == Reach::org) return {};
  LG_ASSIGN(const Account first, directory_.first_account());
  if (first.org.number == identity.scope.org) return {};
  return fail(codes::operator_only, "This takes a key of the server's first org; this one is of {}.", identity.ims_org);
}

}  // namespace lakegate::auth
