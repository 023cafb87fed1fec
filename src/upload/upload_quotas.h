// UploadQuotas: what quotas say about bodies that are on their way, before a byte of them flows. What is stored is
// counted in the ledger (ledger/usage.h), which has the last word when a file is named; here is what flows right now.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/quotas.h"
#include "model/ids.h"

namespace lakegate::upload {

// Thread-safe. One for the server; outlives what it gives out. Where no quota is set nothing here asks the ledger.
class UploadQuotas {
  // What an org or one of its sandboxes (number 0: the org) has on its way.
  using Whose = std::pair<OrgNumber, SandboxNumber>;
  struct Flow {
    int64_t uploads = 0;
    int64_t reserved_bytes = 0;
  };

 public:
  // A place among the open uploads, and bytes that were set aside for one; given back when it ends.
  class Share {
   public:
    Share(Share&& other) noexcept
        : quotas_(std::exchange(other.quotas_, nullptr)), scope_(other.scope_), flow_(other.flow_) {}
    Share& operator=(Share&&) = delete;
    ~Share() {
      if (quotas_ != nullptr) quotas_->add(scope_, {-flow_.uploads, -flow_.reserved_bytes});
    }

   private:
    friend class UploadQuotas;
    Share(UploadQuotas& quotas, const Scope& scope, Flow flow) : quotas_(&quotas), scope_(scope), flow_(flow) {}

    UploadQuotas* quotas_;
    Scope scope_;
    Flow flow_;
  };

  struct Room {
    std::optional<int64_t> bytes_max;  // how much fits; none: nothing limits it
    std::optional<Error> over;         // what to say of more
    std::optional<Share> share;        // of the announced bytes
  };

  // Reads the quotas anew: at the start, and after the commit of each change. Blocks.
  Status reload(Ledger& ledger);

  // `open_uploads_exceeded`. Never blocks.
  Result<Share> open(const Scope& scope);

  // `announced`: how long the body says it is; it is set aside then. `credit`: bytes of the file that it replaces.
  // `stored_bytes_exceeded`: they do not fit, or nothing does. Blocks where a quota of bytes is set.
  Result<Room> make_room(Ledger& ledger, const Scope& scope, std::optional<int64_t> announced, int64_t credit,
                         Millis now);
  bool limits_bytes(const Scope& scope) const;

  // Of the org's: sandbox number 0.
  int64_t open_uploads(OrgNumber org, SandboxNumber sandbox) const;

 private:
  void add(const Scope& scope, Flow more);
  const ledger::Quota* quota_of(const Whose& whose) const;  // under the lock

  std::mutex reloading_;  // one after the other, so that the last one read is the last one kept
  mutable std::mutex mutex_;
  std::map<Whose, ledger::Quota> quotas_;  // guarded by mutex_
  std::map<Whose, Flow> flows_;            // guarded by mutex_; never empty ones
};

}  // namespace lakegate::upload
