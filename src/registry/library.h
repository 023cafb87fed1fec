// Library: every resource that one sandbox can see, as one closure of the ledger sees them: its own, those it imported,
// and the built-in ones, which imported ones of the same $id replace.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/resources.h"
#include "ledger/transaction.h"
#include "registry/resource.h"
#include "xdm/resolver.h"

namespace lakegate::registry {

// Lives within the closure that made `ledger`. One thread.
class Library {
 public:
  Library(ReadTx& ledger, const Scope& scope) : ledger_(ledger), scope_(scope) {}

  // By `$id` or `meta:altId`; null: no such. Read once, kept as long as this.
  Result<const Resource*> find(std::string_view id_or_alt_id);

  // Resolves over all of it. Errors as xdm::Resolver's; what the ledger could not read comes out as its own error.
  Result<xdm::ResolvedSchema> resolve(const xdm::JsonObject& document);

 private:
  ReadTx& ledger_;
  Scope scope_;
  std::map<std::string, std::optional<Resource>, std::less<>> known_;
};

// A row of the ledger as a resource. `corrupt` when its document is unreadable.
Result<Resource> from_row(const ledger::Resource& row);

// The built-in resources of a type, with the members that a registry sets. Thread-safe.
const std::vector<Resource>& built_in_resources(ResourceType type);

}  // namespace lakegate::registry
