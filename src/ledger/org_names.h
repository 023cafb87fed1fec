// OrgNames: the ids by which people know orgs, for log lines about work that no request is behind.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "ledger/ledger.h"
#include "model/ids.h"

namespace lakegate::ledger {

// Thread-safe; asks the ledger once for each org, whose id never changes. `ledger` outlives it.
class OrgNames {
 public:
  explicit OrgNames(Ledger& ledger) : ledger_(ledger) {}

  // Its IMS org id, "…@AdobeOrg"; empty where the ledger does not answer: a line is written without it then.
  std::string of(OrgNumber org);

 private:
  Ledger& ledger_;
  std::mutex mutex_;
  std::map<int64_t, std::string> names_;  // guarded by mutex_; at most orgs_max
};

}  // namespace lakegate::ledger
