// Import: documents of a library of global resources, such as the public model, become global resources of a sandbox,
// under their own $ids. What is built in or was imported before under the same $id is replaced; datasets keep the
// schema that they pinned.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "registry/draft.h"
#include "registry/resource.h"
#include "xdm/dependency_order.h"

namespace lakegate::registry {

inline constexpr size_t import_documents_max = xdm::circle_documents_max;  // of one call

struct ImportDocument {
  std::optional<ResourceType> type;  // none: as xdm::resource_type_of sees it
  xdm::JsonObject document;
};

// `created`: the $id was unknown; `replaced`: it was built in; `updated`: an earlier import had another document or
// type (version + 1); `unchanged`: it had this one; `refused`: nothing was changed for this $id.
enum class ImportOutcome { created, replaced, updated, unchanged, refused };
std::string_view to_string(ImportOutcome outcome);

struct ImportEntry {
  ImportOutcome outcome = ImportOutcome::refused;
  Resource resource;            // where refused, as far as it is known
  std::optional<Error> reason;  // why it was refused
  // What the ledger had under the $id when this was prepared; none: nothing.
  std::optional<int64_t> stored_version;
  Millis created = 0;
  ResourceId class_id;
};

// Judges each document on its own, the others of the call beside it: what refers to a refused one sees what was there
// before. One entry for each document, in their order. Reads only and resolves every document: keep it off the ledger's
// writer. `invalid_argument`: too many documents, or two with one $id; what is wrong with one document is its entry's
// reason.
Result<std::vector<ImportEntry>> prepare_import(ReadTx& ledger, const Author& author,
                                                std::span<const ImportDocument> documents, Millis now);

// Stores what was not refused or unchanged, all or nothing. `conflict`: something that they rest on was changed since
// they were prepared; prepare again.
Status store_import(Tx& ledger, const Author& author, std::span<const ImportEntry> entries, Millis now);

}  // namespace lakegate::registry
