#include "registry/registry.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "ledger/resources.h"
#include "model/error_codes.h"
#include "registry/library.h"

namespace lakegate::registry {
namespace {

// So that a page can be closed behind equal titles; where more are equal, more rows are read.
constexpr size_t rows_beyond_page = 50;

std::unexpected<Error> not_found(Container container, ResourceType type, std::string_view id) {
  return fail(codes::schema_not_found, "There is no resource \"{}\" among the {} of the {} container.", id,
              to_string(type), to_string(container));
}

bool precedes(const Resource& a, const Resource& b) { return std::tie(a.title, a.id) < std::tie(b.title, b.id); }

// At least a page's worth, and all rows that have the title of the page's last one.
Result<std::vector<ledger::Resource>> stored_rows(ReadTx& ledger, const Scope& scope, ledger::ResourceQuery wanted,
                                                  size_t page) {
  for (size_t beyond = rows_beyond_page;; beyond *= 4) {
    wanted.limit = static_cast<int64_t>(page + beyond);
    LG_ASSIGN(std::vector<ledger::Resource> rows, ledger::list_resources(ledger, scope, wanted));
    const bool complete = rows.size() < page + beyond;
    if (complete || page == 0 || rows.back().title != rows[page - 1].title) return rows;
  }
}

Result<std::vector<Resource>> stored(ReadTx& ledger, const Scope& scope, Container container, ResourceType type,
                                     const ListQuery& query) {
  ledger::ResourceQuery wanted{.container = std::string(to_string(container)),
                               .type = std::string(to_string(type)),
                               .class_id = {},
                               .descending = query.descending,
                               .after_title = {},
                               .limit = 0};
  if (!query.start.empty()) wanted.after_title = query.start;
  LG_ASSIGN(const std::vector<ledger::Resource> rows, stored_rows(ledger, scope, std::move(wanted), query.limit));
  std::vector<Resource> resources;
  for (const ledger::Resource& row : rows) {
    LG_ASSIGN(Resource resource, from_row(row));
    resources.push_back(std::move(resource));
  }
  return resources;
}

// Built-in ones that no imported one of the sandbox replaces.
Status add_built_in(ReadTx& ledger, const Scope& scope, ResourceType type, const ListQuery& query,
                    std::vector<Resource>& resources) {
  for (const Resource& resource : built_in_resources(type)) {
    const bool beyond = query.descending ? resource.title < query.start : resource.title > query.start;
    if (!query.start.empty() && !beyond) continue;
    const auto imported = ledger::find_resource(ledger, scope, resource.id.text());
    if (!imported && imported.error().kind() != ErrorKind::not_found) return std::unexpected(imported.error());
    if (!imported) resources.push_back(resource);
  }
  return {};
}

}  // namespace

Result<Resource> find(ReadTx& ledger, const Scope& scope, Container container, ResourceType type, std::string_view id) {
  Library library(ledger, scope);
  LG_ASSIGN(const Resource* resource, library.find(id));
  if (resource == nullptr || resource->container != container || resource->type != type) {
    return not_found(container, type, id);
  }
  return *resource;
}

Result<ResourcePage> list(ReadTx& ledger, const Scope& scope, Container container, ResourceType type,
                          const ListQuery& query) {
  ResourcePage page;
  LG_ASSIGN(page.results, stored(ledger, scope, container, type, query));
  if (container == Container::global) LG_TRY(add_built_in(ledger, scope, type, query, page.results));
  std::ranges::sort(page.results, [&](const Resource& a, const Resource& b) {
    return query.descending ? precedes(b, a) : precedes(a, b);
  });
  size_t end = std::min(query.limit, page.results.size());
  while (end > 0 && end < page.results.size() && page.results[end].title == page.results[end - 1].title) ++end;
  if (end > 0 && end < page.results.size()) page.next = page.results[end - 1].title;
  page.results.resize(end);
  return page;
}

Result<xdm::ResolvedSchema> resolve(ReadTx& ledger, const Scope& scope, const Resource& resource) {
  return Library(ledger, scope).resolve(resource.document);
}

Result<xdm::ResolvedSchema> resolve_schema(ReadTx& ledger, const Scope& scope, const ResourceId& id) {
  Library library(ledger, scope);
  LG_ASSIGN(const Resource* resource, library.find(id.text()));
  if (resource == nullptr || resource->type != ResourceType::schemas) {
    return fail(codes::schema_not_found, "There is no schema \"{}\". Create it under /tenant/schemas first.", id);
  }
  return library.resolve(resource->document);
}

}  // namespace lakegate::registry
