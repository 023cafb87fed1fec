#include "registry/unions.h"

#include <algorithm>
#include <utility>

#include "ledger/resource_references.h"
#include "model/error_codes.h"
#include "registry/completion.h"
#include "registry/library.h"

namespace lakegate::registry {
namespace {

using xdm::JsonObject;

constexpr std::string_view identity_map = "https://ns.adobe.com/xdm/context/identitymap";
constexpr std::string_view segments = "https://ns.adobe.com/xdm/context/profile-segmentation";
constexpr std::string_view event_class = "https://ns.adobe.com/xdm/context/experienceevent";

JsonObject referring(std::string_view id) { return {{"$ref", id}, {"type", "object"}, {"meta:xdmType", "object"}}; }

bool rests_on_time(const Resource& schema_class, Library& library) {
  const auto resolved = library.resolve(schema_class.document);
  const boost::json::array* extends = resolved ? xdm::array_member(resolved->tree, "meta:extends") : nullptr;
  return extends != nullptr && std::ranges::any_of(*extends, [](const xdm::JsonValue& one) {
           return one.is_string() && std::string_view(one.get_string()) == xdm::time_series_behavior;
         });
}

JsonObject document_of(const Resource& made, const Resource& schema_class, const std::vector<ResourceId>& schemas,
                       bool has_events) {
  boost::json::array parts{referring(schema_class.id.text())};
  for (const ResourceId& schema : schemas) parts.emplace_back(referring(schema.text()));
  parts.emplace_back(referring(identity_map));
  parts.emplace_back(referring(segments));
  JsonObject document{{"$id", made.id.text()},
                      {"meta:altId", made.alt_id},
                      {"meta:resourceType", "unions"},
                      {"version", made.version},
                      {"title", made.title},
                      {"type", "object"},
                      {"description", fmt::format("Union of all schemas of the class {} that have the tag \"union\".",
                                                  schema_class.title)},
                      {"allOf", std::move(parts)},
                      {"meta:class", schema_class.id.text()},
                      {"meta:extensible", false},
                      {"meta:abstract", false},
                      {"meta:xdmType", "object"},
                      {"meta:containerId", "tenant"}};
  if (has_events) {
    document["properties"] =
        JsonObject{{"timeSeriesEvents",
                    JsonObject{{"type", "array"}, {"title", "Time series events"}, {"items", referring(event_class)}}}};
  }
  return document;
}

Result<Resource> make(Library& library, const ResourceId& class_id, const std::vector<ResourceId>& schemas) {
  LG_ASSIGN(const Resource* schema_class, library.find(class_id.text()));
  if (schema_class == nullptr) return fail(codes::schema_not_found, "There is no class \"{}\".", class_id);
  Resource made{.id = ResourceId(schema_class->id.text() + std::string(union_suffix)),
                .alt_id = schema_class->alt_id + std::string(union_suffix),
                .type = ResourceType::unions,
                .container = Container::tenant,
                .title = schema_class->title,
                .version = "1.0",
                .document = {}};
  made.document = document_of(made, *schema_class, schemas, !rests_on_time(*schema_class, library));
  return made;
}

// The classes that have tagged schemas, and these.
Result<std::vector<std::pair<ResourceId, std::vector<ResourceId>>>> groups(ReadTx& ledger, const Scope& scope) {
  LG_ASSIGN(const auto tagged, ledger::tagged_schemas(ledger, scope, union_tag, union_schemas_max));
  std::vector<std::pair<ResourceId, std::vector<ResourceId>>> groups;
  for (const ledger::TaggedSchema& schema : tagged) {
    if (groups.empty() || groups.back().first != schema.class_id)
      groups.emplace_back(schema.class_id, std::vector<ResourceId>());
    groups.back().second.push_back(schema.id);
  }
  return groups;
}

}  // namespace

bool is_union_id(std::string_view id_or_alt_id) { return id_or_alt_id.ends_with(union_suffix); }

Result<std::vector<Resource>> list_unions(ReadTx& ledger, const Scope& scope) {
  Library library(ledger, scope);
  std::vector<Resource> unions;
  LG_ASSIGN(const auto grouped, groups(ledger, scope));
  for (const auto& [class_id, schemas] : grouped) {
    LG_ASSIGN(Resource made, make(library, class_id, schemas));
    unions.push_back(std::move(made));
  }
  std::ranges::sort(unions, {}, &Resource::title);
  return unions;
}

Result<Resource> find_union(ReadTx& ledger, const Scope& scope, std::string_view id_or_alt_id) {
  Library library(ledger, scope);
  if (is_union_id(id_or_alt_id)) {
    LG_ASSIGN(const Resource* schema_class,
              library.find(id_or_alt_id.substr(0, id_or_alt_id.size() - union_suffix.size())));
    LG_ASSIGN(const auto grouped, groups(ledger, scope));
    for (const auto& [class_id, schemas] : grouped) {
      if (schema_class != nullptr && class_id == schema_class->id) return make(library, class_id, schemas);
    }
  }
  return fail(codes::schema_not_found,
              "There is no union \"{}\". A class has one as soon as a schema of it has \"union\" in its "
              "meta:immutableTags.",
              id_or_alt_id);
}

Result<xdm::ResolvedSchema> resolve_union(ReadTx& ledger, const Scope& scope, const Resource& made) {
  return Library(ledger, scope, xdm::Clash::later_wins).resolve(made.document);
}

}  // namespace lakegate::registry
