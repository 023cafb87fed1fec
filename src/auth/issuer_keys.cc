#include "auth/issuer_keys.h"

#include <algorithm>
#include <utility>

#include "auth/discovery.h"
#include "auth/error_codes.h"
#include "base/log.h"

namespace lakegate::auth {

// A clock that was set back makes what it dated before worthless.
bool IssuerKeys::holds(const Entry& entry, Millis age_max) const {
  const Millis age = clock_.now_ms() - entry.read_at;
  return entry.keys && age >= 0 && age < age_max;
}

std::optional<Millis> IssuerKeys::next_fetch(const Entry& entry) const {
  if (!entry.tried_at) return std::nullopt;
  const bool well = entry.failure.empty();
  // Keys that went out of date are read anew whenever that was.
  if (well && !holds(entry, settings_.age_max)) return std::nullopt;
  const Millis interval = well ? settings_.refetch_interval : settings_.retry_interval;
  const Millis passed = clock_.now_ms() - *entry.tried_at;
  return passed >= interval || passed < 0 ? std::nullopt : std::optional(*entry.tried_at + interval);
}

std::shared_ptr<IssuerKeys::Entry> IssuerKeys::entry_of(const std::string& issuer) {
  auto& entry = entries_[issuer];
  if (!entry) entry = std::make_shared<Entry>();
  return entry;
}

// Unlocked meanwhile: what is fetched may be there at once.
void IssuerKeys::begin_fetch(Lock& lock, const std::string& issuer, Entry& entry) {
  entry.fetching = true;
  entry.tried_at = clock_.now_ms();
  const std::shared_ptr<Entry> kept = entries_.at(issuer);
  IssuerDocuments& documents = *documents_;
  lock.unlock();
  documents.get(discovery_address(issuer), discovery_bytes_max,
                [this, issuer, kept, &documents](const Result<std::string>& document) {
                  const Result<std::string> keys =
                      document ? read_discovery(*document, issuer, settings_.http_allowed) : document;
                  if (!keys) return fetched(issuer, kept, keys);
                  documents.get(*keys, jwks_bytes_max, [this, issuer, kept](Result<std::string> jwks) {
                    fetched(issuer, kept, std::move(jwks));
                  });
                });
  lock.lock();
}

void IssuerKeys::fetched(const std::string& issuer, const std::shared_ptr<Entry>& entry, Result<std::string> jwks) {
  Result<KeySet> set = jwks ? parse_jwks(*jwks) : std::unexpected(std::move(jwks).error());
  if (!set) log::warning("The keys of an issuer cannot be read", {{"issuer", issuer}, {"cause", set.error()}});
  {
    const std::lock_guard lock(mutex_);
    if (set) {
      entry->keys = std::make_shared<const KeySet>(*std::move(set));
      entry->read_at = clock_.now_ms();
      entry->failure.clear();
    } else {
      entry->failure = set.error().message;
      entry->tried_at = clock_.now_ms();  // the pause begins when it was given up
    }
    entry->fetching = false;
  }
  ended_.notify_all();
}

// At once where too many wait already; in any case within wait_max.
void IssuerKeys::wait_for_fetch(Lock& lock, Entry& entry) {
  const size_t of_one_max = std::max<size_t>(settings_.waiting_max / 2, 1);
  if (waiting_ >= settings_.waiting_max || entry.waiting >= of_one_max) return;
  ++waiting_;
  ++entry.waiting;
  ended_.wait_for(lock, settings_.wait_max, [&] { return !entry.fetching; });
  --waiting_;
  --entry.waiting;
}

Result<IssuerKeys::Known> IssuerKeys::what_is_left(const Entry& entry) const {
  if (holds(entry, settings_.outage_max))
    return Known{.keys = entry.keys, .current = !entry.fetching && entry.failure.empty()};
  Error missing{&codes::issuer_unreachable, "The keys of the token's issuer cannot be read now."};
  const auto next = next_fetch(entry);
  missing.retry_after = std::chrono::seconds(next ? std::max<Millis>((*next - clock_.now_ms() + 999) / 1000, 1) : 1);
  return std::unexpected(std::move(missing));
}

Result<IssuerKeys::Known> IssuerKeys::keys(const std::string& issuer,
                                           const std::function<bool(const KeySet&)>& suffices) {
  Lock lock(mutex_);
  const std::shared_ptr<Entry> entry = entry_of(issuer);
  if (holds(*entry, settings_.age_max) && suffices(*entry->keys)) {
    const std::shared_ptr<const KeySet> kept = entry->keys;
    if (!entry->fetching && !holds(*entry, settings_.age_max / 5 * 4) && !next_fetch(*entry))
      begin_fetch(lock, issuer, *entry);
    return Known{.keys = kept, .current = true};
  }
  if (!entry->fetching && !next_fetch(*entry)) begin_fetch(lock, issuer, *entry);
  // While the issuer is known to be out of reach, whoever can do with what is kept does not wait for it.
  const bool can_do_without = !entry->failure.empty() && holds(*entry, settings_.outage_max) && suffices(*entry->keys);
  if (entry->fetching && !can_do_without) wait_for_fetch(lock, *entry);
  return what_is_left(*entry);
}

void IssuerKeys::warm(const std::string& issuer) {
  Lock lock(mutex_);
  const std::shared_ptr<Entry> entry = entry_of(issuer);
  if (!entry->keys && !entry->fetching && !next_fetch(*entry)) begin_fetch(lock, issuer, *entry);
}

IssuerKeys::State IssuerKeys::state(const std::string& issuer) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(issuer);
  if (found == entries_.end()) return {};
  const Entry& entry = *found->second;
  State made;
  made.tried_at = entry.tried_at;
  made.failure = entry.failure;
  if (!entry.keys) return made;
  made.read_at = entry.read_at;
  made.usable = entry.keys->keys.size();
  made.unusable = entry.keys->unusable;
  return made;
}

void IssuerKeys::keep_only(const std::set<std::string>& issuers) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& each) { return !issuers.contains(each.first); });
}

}  // namespace lakegate::auth
