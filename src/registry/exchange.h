// Exchange: a tenant's resources go from one sandbox or org to another, as a list of documents with a placeholder where
// the tenant's namespace stands.
#pragma once

#include <boost/json/array.hpp>

#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "registry/draft.h"

namespace lakegate::registry {

inline constexpr std::string_view tenant_placeholder = "<XDM_TENANTID_PLACEHOLDER>";
inline constexpr size_t exchanged_documents_max = 500;  // of one call

// The resource and all of the tenant's that it rests on, what is referred to first, with the placeholder.
// `schema_not_found`.
Result<boost::json::array> export_resources(ReadTx& ledger, const Author& reader, std::string_view id);

struct ExchangedResource {
  bool is_there = false;  // with the same members already: nothing to store
  Draft draft;
};

// Checks all of them together, as resources that are created under their own $ids. `schema_import_failed` names the
// resource and the reason; a resource that is there already must say the same.
Result<std::vector<ExchangedResource>> prepare_exchange(ReadTx& ledger, const Author& author,
                                                        const boost::json::array& documents, Millis now,
                                                        Random& random);

// All or nothing. `conflict`: prepare again.
Status store_exchange(Tx& ledger, const Author& author, const std::vector<ExchangedResource>& resources);

// Every place that names the namespace: `_from` as a name and in paths, `https://ns.adobe.com/from/…`, `_from.…`.
boost::json::value with_tenant(const boost::json::value& value, std::string_view from, std::string_view to);

}  // namespace lakegate::registry
