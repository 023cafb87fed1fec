#include "catalog/org_emptying.h"

#include <vector>

#include "ledger/datasets.h"
#include "model/sight.h"

namespace lakegate::catalog {
namespace {

constexpr int64_t datasets_per_look = 100;

}  // namespace

Status delete_datasets_of_org(const DatasetDeletion& parts, OrgNumber org, const std::string& user,
                              const std::string& request_id) {
  std::vector<ledger::OwnedDataset> found;
  do {
    LG_ASSIGN(found,
              parts.ledger.read([&](ReadTx& tx) { return ledger::datasets_of_org(tx, org, datasets_per_look); }));
    for (const ledger::OwnedDataset& dataset : found) {
      const Status deleted =
          delete_dataset(parts, dataset.id, std::nullopt,
                         {.scope = Sight::whole(dataset.scope), .user = user, .client = {}, .request_id = request_id});
      // Somebody else's deletion was faster.
      if (!deleted && deleted.error().kind() != ErrorKind::not_found) return deleted;
    }
  } while (!found.empty());
  return {};
}

}  // namespace lakegate::catalog
