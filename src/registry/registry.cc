#include "registry/registry.h"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

#include "ledger/resources.h"
#include "model/error_codes.h"
#include "registry/library.h"
#include "registry/unions.h"

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
  const bool descending = query.order.front().descending;
  ledger::ResourceQuery wanted{.container = std::string(to_string(container)),
                               .type = std::string(to_string(type)),
                               .class_id = {},
                               .descending = descending,
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
    const bool beyond = query.order.front().descending ? resource.title < query.start : resource.title > query.start;
    if (!query.start.empty() && !beyond) continue;
    const auto imported = ledger::find_resource(ledger, scope, resource.id.text());
    if (!imported && imported.error().kind() != ErrorKind::not_found) return std::unexpected(imported.error());
    if (!imported) resources.push_back(resource);
  }
  return {};
}

// Where a page of `limit` among `count` ends: behind the equal ones of its last, as far as a page may have them, else
// before these. 0: the page begins with more equal ones than any page has.
template <class Equal>
size_t page_end(size_t limit, size_t count, Equal equal) {
  size_t end = std::min(limit, count);
  const auto splits = [&] { return end > 0 && end < count && equal(end - 1, end); };
  while (splits() && end < page_size_max) ++end;
  while (splits()) --end;
  return end;
}

// Where more resources than a page has share a title, which only the global library's can, they come together.
void close_page(ResourcePage& page, size_t limit) {
  const auto equal = [&](size_t a, size_t b) { return page.results[a].title == page.results[b].title; };
  size_t end = page_end(limit, page.results.size(), equal);
  if (end == 0) end = std::min(limit, page.results.size());
  while (end > 0 && end < page.results.size() && equal(end - 1, end)) ++end;
  if (end == page.results.size()) return;
  page.next = end > 0 ? page.results[end - 1].title : "";
  page.results.erase(page.results.begin() + static_cast<std::ptrdiff_t>(end), page.results.end());
}

Result<ResourcePage> list_by_title(ReadTx& ledger, const Scope& scope, Container container, ResourceType type,
                                   const ListQuery& query) {
  ResourcePage page;
  LG_ASSIGN(page.results, stored(ledger, scope, container, type, query));
  if (container == Container::global) LG_TRY(add_built_in(ledger, scope, type, query, page.results));
  std::ranges::sort(page.results, [&](const Resource& a, const Resource& b) {
    return query.order.front().descending ? precedes(b, a) : precedes(a, b);
  });
  close_page(page, query.limit);
  return page;
}

// Pages by title until there are as many that fit.
Result<ResourcePage> list_filtered(ReadTx& ledger, const Scope& scope, Container container, ResourceType type,
                                   const ListQuery& query) {
  if (query.filter.empty()) return list_by_title(ledger, scope, container, type, query);
  ResourcePage page;
  ListQuery step = query;
  step.limit = page_size_max;
  do {
    LG_ASSIGN(ResourcePage part, list_by_title(ledger, scope, container, type, step));
    for (Resource& resource : part.results) {
      if (query.filter.matches(resource.document)) page.results.push_back(std::move(resource));
    }
    step.start = part.next;
  } while (!step.start.empty() && page.results.size() <= query.limit);
  if (page.results.size() <= query.limit) return page;
  close_page(page, query.limit);
  if (page.next.empty() && !step.start.empty()) page.next = page.results.back().title;
  return page;
}

// What a resource is ordered by.
struct Placed {
  std::vector<std::string> values;
  ResourceId id;
};

std::string value_of(const Resource& resource, const std::string& name) {
  if (name == "title") return resource.title;
  const boost::json::value* value = find_property(resource.document, name);
  if (value == nullptr) return "";
  return value->is_string() ? std::string(value->get_string()) : boost::json::serialize(*value);
}

bool comes_before(const Placed& a, const Placed& b, const std::vector<OrderKey>& order) {
  for (size_t i = 0; i < order.size(); ++i) {
    const int compared = compare_values(a.values[i], b.values[i]);
    if (compared != 0) return order[i].descending ? compared > 0 : compared < 0;
  }
  return a.id < b.id;
}

// `start` of a page that goes on among equal first values, behind a resource: "VALUE;$id=ID".
constexpr std::string_view id_mark = ";$id=";

struct Start {
  std::string_view value;
  std::string_view id;  // empty: behind all that have the value
};

Start read_start(std::string_view text) {
  const size_t mark = text.rfind(id_mark);
  if (mark == std::string_view::npos) return {text, {}};
  return {text.substr(0, mark), text.substr(mark + id_mark.size())};
}

bool is_behind(const Placed& one, const Start& start, const ListQuery& query) {
  if (query.start.empty()) return true;
  const int compared = compare_values(one.values.front(), std::string(start.value));
  if (compared == 0) return !start.id.empty();
  return query.order.front().descending ? compared < 0 : compared > 0;
}

// In their order, from the query's start on.
Result<std::vector<Placed>> place_all(ReadTx& ledger, const Scope& scope, Container container, ResourceType type,
                                      const ListQuery& query) {
  const Start start = read_start(query.start);
  std::vector<Placed> placed;
  ListQuery step{.limit = page_size_max};
  do {
    LG_ASSIGN(const ResourcePage part, list_by_title(ledger, scope, container, type, step));
    for (const Resource& resource : part.results) {
      if (!query.filter.matches(resource.document)) continue;
      Placed one{.values = {}, .id = resource.id};
      for (const OrderKey& key : query.order) one.values.push_back(value_of(resource, key.name));
      if (is_behind(one, start, query)) placed.push_back(std::move(one));
    }
    step.start = part.next;
  } while (!step.start.empty());
  std::ranges::sort(placed, [&](const Placed& a, const Placed& b) { return comes_before(a, b, query.order); });
  if (start.id.empty()) return placed;
  const auto last = std::ranges::find_if(placed, [&](const Placed& one) { return one.id.text() == start.id; });
  if (last == placed.end()) {
    return fail(
        codes::list_parameter_invalid,
        "start goes on behind \"{}\", which is not among the results any more. Begin with the first page again.",
        start.id);
  }
  placed.erase(placed.begin(), last + 1);
  return placed;
}

Result<ResourcePage> list_ordered(ReadTx& ledger, const Scope& scope, Container container, ResourceType type,
                                  const ListQuery& query) {
  LG_ASSIGN(const std::vector<Placed> placed, place_all(ledger, scope, container, type, query));
  const auto equal = [&](size_t a, size_t b) { return placed[a].values.front() == placed[b].values.front(); };
  size_t end = page_end(query.limit, placed.size(), equal);
  if (end == 0) end = std::min(query.limit, placed.size());
  ResourcePage page;
  if (end > 0 && end < placed.size()) {
    page.next = placed[end - 1].values.front();
    // Without a value, too: an empty `start` would be the first page's.
    if (page.next.empty() || equal(end - 1, end)) page.next += std::string(id_mark) + placed[end - 1].id.text();
  }
  Library library(ledger, scope);
  for (size_t i = 0; i < end; ++i) {
    LG_ASSIGN(const Resource* resource, library.find(placed[i].id.text()));
    if (resource != nullptr) page.results.push_back(*resource);
  }
  return page;
}

Result<ResourcePage> list_made_unions(ReadTx& ledger, const Scope& scope, const ListQuery& query) {
  ResourcePage page;
  LG_ASSIGN(page.results, list_unions(ledger, scope));
  const bool descending = query.order.front().descending;
  if (descending) std::ranges::reverse(page.results);
  std::erase_if(page.results, [&](const Resource& one) {
    const bool behind = query.start.empty() || (descending ? one.title < query.start : one.title > query.start);
    return !behind || !query.filter.matches(one.document);
  });
  close_page(page, query.limit);
  return page;
}

}  // namespace

Result<Resource> find(ReadTx& ledger, const Scope& scope, Container container, ResourceType type, std::string_view id) {
  const bool may_be_union = type == ResourceType::schemas || type == ResourceType::unions;
  if (container == Container::tenant && may_be_union && is_union_id(id)) return find_union(ledger, scope, id);
  Library library(ledger, scope);
  LG_ASSIGN(const Resource* resource, library.find(id));
  if (resource == nullptr || resource->container != container || resource->type != type) {
    return not_found(container, type, id);
  }
  return *resource;
}

Result<ResourcePage> list(ReadTx& ledger, const Scope& scope, Container container, ResourceType type,
                          const ListQuery& query) {
  if (type == ResourceType::unions) return list_made_unions(ledger, scope, query);
  const bool by_title = query.order.size() == 1 && query.order.front().name == "title";
  return by_title ? list_filtered(ledger, scope, container, type, query)
                  : list_ordered(ledger, scope, container, type, query);
}

Result<xdm::ResolvedSchema> resolve(ReadTx& ledger, const Scope& scope, const Resource& resource) {
  if (resource.type == ResourceType::unions) return resolve_union(ledger, scope, resource);
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
