#include "registry/library.h"

#include <array>
#include <utility>

#include "base/error_codes.h"
#include "model/error_codes.h"
#include "xdm/core_library.h"

namespace lakegate::registry {
namespace {

Resource built_in(const xdm::CoreResource& core, ResourceType type) {
  Resource resource{.id = ResourceId(core.id),
                    .alt_id = alt_id_of(core.id),
                    .type = type,
                    .container = Container::global,
                    .title = std::string(xdm::text_member(core.document, "title")),
                    .version = "1.0",
                    .document = core.document};
  resource.document["meta:altId"] = resource.alt_id;
  resource.document["meta:containerId"] = "global";
  resource.document["meta:tenantNamespace"] = "_xdm";
  resource.document["meta:xdmType"] = "object";
  resource.document["version"] = resource.version;
  return resource;
}

// One list for each type, in the order of ResourceType.
std::array<std::vector<Resource>, 6> all_built_in() {
  std::array<std::vector<Resource>, 6> lists;
  for (const xdm::CoreResource& core : xdm::core_library()) {
    const auto type = parse_resource_type(core.type);
    if (type) lists[static_cast<size_t>(*type)].push_back(built_in(core, *type));
  }
  return lists;
}

const Resource* find_built_in(std::string_view id_or_alt_id) {
  for (const ResourceType type : {ResourceType::schemas, ResourceType::classes, ResourceType::mixins,
                                  ResourceType::datatypes, ResourceType::behaviors}) {
    for (const Resource& resource : built_in_resources(type)) {
      if (resource.id.text() == id_or_alt_id || resource.alt_id == id_or_alt_id) return &resource;
    }
  }
  return nullptr;
}

}  // namespace

const std::vector<Resource>& built_in_resources(ResourceType type) {
  static const std::array lists = all_built_in();
  return lists[static_cast<size_t>(type)];
}

Result<Resource> from_row(const ledger::Resource& row) {
  const auto type = parse_resource_type(row.type);
  const auto container = parse_container(row.container);
  auto document = xdm::parse_document(row.document);
  if (!type || !container || !document) {
    return fail(codes::corrupt, "The stored resource {} (type {}, container {}) is not readable: {}", row.id, row.type,
                row.container, document ? "unknown type or container" : document.error().message);
  }
  return Resource{.id = row.id,
                  .alt_id = row.alt_id,
                  .type = *type,
                  .container = *container,
                  .title = row.title,
                  .version = fmt::format("1.{}", row.version),
                  .document = std::move(*document)};
}

Library::Library(ReadTx& ledger, const Scope& scope, xdm::Clash clash) : ledger_(ledger), scope_(scope), clash_(clash) {
  renew_resolver();
}

void Library::renew_resolver() {
  resolver_.emplace(
      [this](std::string_view id) -> const xdm::JsonObject* {
        auto resource = find(id);
        if (!resource) unreadable_ = resource.error();
        return resource && *resource != nullptr ? &(*resource)->document : nullptr;
      },
      clash_);
}

Result<const Resource*> Library::find(std::string_view id_or_alt_id) {
  auto known = known_.find(id_or_alt_id);
  if (known == known_.end()) {
    std::optional<Resource> found;
    if (const auto row = ledger::find_resource(ledger_, scope_, id_or_alt_id)) {
      LG_ASSIGN(found, from_row(*row));
    } else if (row.error().kind() != ErrorKind::not_found) {
      return std::unexpected(row.error());
    } else if (const Resource* resource = find_built_in(id_or_alt_id)) {
      found = *resource;
    }
    known = known_.emplace(id_or_alt_id, std::move(found)).first;
  }
  return known->second ? &*known->second : nullptr;
}

Result<xdm::ResolvedSchema> Library::resolve(const xdm::JsonObject& document) {
  unreadable_.reset();
  auto resolved = resolver_->resolve(document);
  if (unreadable_) return std::unexpected(*unreadable_);
  return resolved;
}

void Library::pretend(Resource resource) {
  const bool was_seen = known_.contains(resource.id.text()) || known_.contains(resource.alt_id);
  known_.insert_or_assign(resource.alt_id, resource);
  known_.insert_or_assign(resource.id.text(), std::move(resource));
  if (was_seen) renew_resolver();
}

void Library::forget(const ResourceId& id) {
  known_.erase(alt_id_of(id.text()));
  known_.erase(id.text());
  renew_resolver();
}

}  // namespace lakegate::registry
