#include <fmt/format.h>

#include "ledger/inspection.h"
#include "ledger/objects.h"
#include "verify/finding_kinds.h"
#include "verify/inspector.h"

namespace lakegate::verify {
namespace {

constexpr int64_t all_epochs = INT64_MAX;

struct Unknown {
  StoredObject object;
  bool in_a_run = false;  // written while a server ran on this ledger
};

Result<std::vector<Unknown>> find_unknown(Ledger& ledger, std::span<const StoredObject> listed) {
  return ledger.read([&](ReadTx& tx) -> Result<std::vector<Unknown>> {
    std::vector<Unknown> unknown;
    for (const StoredObject& object : listed) {
      LG_ASSIGN(const auto row, ledger::find_object(tx, object.key));
      if (row) continue;
      LG_ASSIGN(const bool in_a_run, ledger::was_running(tx, object.modified, all_epochs));
      unknown.push_back({object, in_a_run});
    }
    return unknown;
  });
}

Status take_orphan(Inspector& inspector, const Unknown& unknown) {
  const ObjectKey& key = unknown.object.key;
  const std::string found = fmt::format("{} bytes, and no row in the ledger", unknown.object.size_bytes);
  // A ledger of yesterday knows nothing of today's objects: they are not garbage then, but all that is left.
  if (!unknown.in_a_run) {
    inspector.find(kinds::newer_than_ledger, key.text(), found + ", written when no server ran on this ledger",
                   "a ledger that knows it");
    return {};
  }
  if (inspector.repair) LG_TRY(inspector.objects.remove(key));
  inspector.find(kinds::orphan, key.text(), found, "nothing", inspector.repair);
  return {};
}

}  // namespace

Status check_orphans(Inspector& inspector) {
  int64_t seen = 0;
  return inspector.objects.list([&](std::span<const StoredObject> listed) -> Status {
    LG_ASSIGN(const std::vector<Unknown> unknown, find_unknown(inspector.ledger, listed));
    for (const Unknown& one : unknown) LG_TRY(take_orphan(inspector, one));
    seen += static_cast<int64_t>(listed.size());
    inspector.progress("folder", seen, 0);
    return {};
  });
}

}  // namespace lakegate::verify
