// Library: every resource that one sandbox can see, as one closure of the ledger sees them: its own, those it imported,
// and the built-in ones, which imported ones of the same $id replace. Resources that are still to be stored can be
// tried on it.
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
  Library(ReadTx& ledger, const Scope& scope, xdm::Clash clash = xdm::Clash::refuse);
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  // By `$id` or `meta:altId`; null: no such. Read once; valid until this ends or the resource is pretended or
  // forgotten.
  Result<const Resource*> find(std::string_view id_or_alt_id);

  // Resolves over all of it; what several resources have in common is resolved once. Errors as xdm::Resolver's; what
  // the ledger could not read comes out as its own error.
  Result<xdm::ResolvedSchema> resolve(const xdm::JsonObject& document);

  // From now on as if `resource` were stored, over what is, under both of its ids; until it is forgotten.
  void pretend(Resource resource);
  void forget(const ResourceId& id);

 private:
  void renew_resolver();

  ReadTx& ledger_;
  Scope scope_;
  xdm::Clash clash_;
  std::map<std::string, std::optional<Resource>, std::less<>> known_;
  std::optional<xdm::Resolver> resolver_;  // keeps what it resolved: a new one whenever the library changes
  std::optional<Error> unreadable_;        // met within a look-up of the resolver
};

// A row of the ledger as a resource. `corrupt` when its document is unreadable.
Result<Resource> from_row(const ledger::Resource& row);

// The built-in resources of a type, with the members that a registry sets. Thread-safe.
const std::vector<Resource>& built_in_resources(ResourceType type);

}  // namespace lakegate::registry
