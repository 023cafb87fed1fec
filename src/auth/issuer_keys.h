// IssuerKeys: the keys of every issuer in use, fetched when needed and kept for a while.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "auth/issuer_documents.h"
#include "auth/jwks.h"
#include "base/clock.h"
#include "base/result.h"

namespace lakegate::auth {

struct IssuerKeysSettings {
  Millis age_max = 10LL * 60 * 1000;     // older ones are read anew before they are used; from four fifths on, aside
  Millis outage_max = 60LL * 60 * 1000;  // how old they may get where the issuer does not answer
  Millis refetch_interval = 30'000;      // between two fetches because of keys that nobody knew
  Millis retry_interval = 5'000;         // between two fetches after one that failed
  std::chrono::milliseconds wait_max{4'000};  // of a request, for a fetch
  bool http_allowed = false;                  // setting auth.issuer_http
  size_t waiting_max = 8;                     // requests that wait so at a time, half of them for one issuer
};

// Thread-safe. One fetch of an issuer at a time, and no more than its intervals allow, whatever tokens come. Only
// requests with tokens of that issuer ever wait, few of them and not for long: the pool's threads are everybody's.
class IssuerKeys {
 public:
  IssuerKeys(std::unique_ptr<IssuerDocuments> documents, const Clock& clock, IssuerKeysSettings settings)
      : clock_(clock), settings_(settings), documents_(std::move(documents)) {}

  struct Known {
    std::shared_ptr<const KeySet> keys;  // never null
    bool current = false;  // false: the issuer could not be asked lately; that a key is not there means nothing
  };
  // May block, see above: pool threads only. `suffices`: whether those keys can be used as they are; false makes them
  // be read anew, where the interval allows. `issuer_unreachable`: there are none that still hold.
  Result<Known> keys(const std::string& issuer, const std::function<bool(const KeySet&)>& suffices);

  // Begins to fetch them, so that they are there when the first token comes. Does not wait.
  void warm(const std::string& issuer);

  // For people.
  struct State {
    std::optional<Millis> read_at;
    std::optional<Millis> tried_at;
    size_t usable = 0;
    std::vector<std::string> unusable;
    std::string failure;  // of the last fetch; empty: it went well
  };
  State state(const std::string& issuer) const;

  // Forgets all others.
  void keep_only(const std::set<std::string>& issuers);

 private:
  struct Entry {
    std::shared_ptr<const KeySet> keys;  // null: none yet
    Millis read_at = 0;
    std::optional<Millis> tried_at;
    bool fetching = false;
    size_t waiting = 0;
    std::string failure;
  };
  using Lock = std::unique_lock<std::mutex>;

  bool holds(const Entry& entry, Millis age_max) const;
  std::optional<Millis> next_fetch(const Entry& entry) const;  // nothing: now
  void begin_fetch(Lock& lock, const std::string& issuer, Entry& entry);
  void wait_for_fetch(Lock& lock, Entry& entry);
  void fetched(const std::string& issuer, const std::shared_ptr<Entry>& entry, Result<std::string> jwks);
  Result<Known> what_is_left(const Entry& entry) const;
  std::shared_ptr<Entry> entry_of(const std::string& issuer);

  const Clock& clock_;
  const IssuerKeysSettings settings_;

  mutable std::mutex mutex_;
  std::condition_variable ended_;                          // a fetch
  std::map<std::string, std::shared_ptr<Entry>> entries_;  // guarded by mutex_, what they point to as well
  size_t waiting_ = 0;                                     // guarded by mutex_

  std::unique_ptr<IssuerDocuments> documents_;  // last: its end ends the calls back
};

}  // namespace lakegate::auth
