// Reading the schema registry: what one sandbox can see, one by one, in pages, and resolved.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "registry/property_filter.h"
#include "registry/resource.h"
#include "xdm/resolver.h"

namespace lakegate::registry {

inline constexpr size_t page_size_max = 300;

// By `$id` or `meta:altId`, decoded. `schema_not_found`, also for another container or type.
Result<Resource> find(ReadTx& ledger, const Scope& scope, Container container, ResourceType type, std::string_view id);

struct OrderKey {
  std::string name = "title";  // of a member, as PropertyFilter has it
  bool descending = false;
};

inline constexpr size_t order_keys_max = 4;

struct ListQuery {
  size_t limit = page_size_max;
  std::vector<OrderKey> order = {{}};  // then by $id
  std::string start = {};  // values of the first key strictly behind this one, or as `next`; empty: from the first
  PropertyFilter filter = {};
};

struct ResourcePage {
  std::vector<Resource> results;
  // `start` of the next page; empty: this is the last. A page does not end between two equal values of the first key
  // where one page can hold these, so it may have more or fewer than asked for. Never more than page_size_max, unless
  // more resources than that share a title.
  std::string next;
};

// By title a page is read from the ledger alone; any other order reads every resource of the type, one page in memory
// at a time. Unions are made.
Result<ResourcePage> list(ReadTx& ledger, const Scope& scope, Container container, ResourceType type,
                          const ListQuery& query);

// The "full" tree of any resource that the scope can see.
Result<xdm::ResolvedSchema> resolve(ReadTx& ledger, const Scope& scope, const Resource& resource);

// What a dataset pins: the tree of the schema with this $id or altId. `schema_not_found` when it is no schema of the
// scope.
Result<xdm::ResolvedSchema> resolve_schema(ReadTx& ledger, const Scope& scope, const ResourceId& id);

}  // namespace lakegate::registry
