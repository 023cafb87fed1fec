#include "registry/draft.h"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "ledger/orgs.h"
#include "ledger/resources.h"
#include "model/error_codes.h"
#include "registry/library.h"
#include "registry/rules.h"

namespace lakegate::registry {
namespace {

using boost::json::array;
using xdm::JsonObject;
using xdm::JsonValue;

constexpr size_t hash_digits = 48;

constexpr std::array server_set = {"$id",
                                   "version",
                                   "imsOrg",
                                   "refs",
                                   "meta:altId",
                                   "meta:resourceType",
                                   "meta:class",
                                   "meta:extends",
                                   "meta:abstract",
                                   "meta:extensible",
                                   "meta:containerId",
                                   "meta:sandboxId",
                                   "meta:sandboxType",
                                   "meta:tenantNamespace",
                                   "meta:registryMetadata",
                                   "meta:xdmType",
                                   "meta:createdDate"};

std::string etag_of(const JsonObject& document) {  // FNV-1a: names the text, guards nothing
  uint64_t hash = 14695981039346656037u;
  for (const char c : boost::json::serialize(document)) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return fmt::format("{:016x}", hash);
}

JsonObject metadata_of(const Author& author, Millis now, const JsonObject& document) {
  return {{"repo:createdDate", now},
          {"repo:lastModifiedDate", now},
          {"xdm:createdClientId", author.client_id},
          {"xdm:lastModifiedClientId", author.client_id},
          {"xdm:createdUserId", author.user_id},
          {"xdm:lastModifiedUserId", author.user_id},
          {"eTag", etag_of(document)}};
}

// The client's members in their order, behind those that name the resource.
JsonObject named_document(ResourceType type, const JsonObject& body, const std::string& id) {
  JsonObject document{
      {"$id", id}, {"meta:altId", alt_id_of(id)}, {"meta:resourceType", to_string(type)}, {"version", "1.0"}};
  for (const auto& [key, value] : body) {
    if (std::ranges::find(server_set, key) == server_set.end()) document[key] = value;
  }
  if (!document.contains("type")) document["type"] = "object";
  if (JsonValue* entries = document.if_contains("allOf"); entries != nullptr && entries->is_array()) {
    for (JsonValue& entry : entries->get_array()) {
      JsonObject* object = entry.if_object();
      if (object == nullptr || !object->contains("$ref")) continue;
      (*object)["type"] = "object";
      (*object)["meta:xdmType"] = "object";
    }
  }
  return document;
}

void add_server_members(const Author& author, const ledger::Sandbox& sandbox, const Draft& draft,
                        const xdm::ResolvedSchema& resolved, JsonObject& document) {
  const bool is_schema = draft.resource.type == ResourceType::schemas;
  if (const array* extends = xdm::array_member(resolved.tree, "meta:extends")) document["meta:extends"] = *extends;
  if (is_schema) {
    document["refs"] = array(draft.dependencies.begin(), draft.dependencies.end());
    document["meta:class"] = draft.class_id.text();
  }
  document["imsOrg"] = author.ims_org;
  document["meta:extensible"] = !is_schema;
  document["meta:abstract"] = !is_schema;
  document["meta:xdmType"] = document.at("type");
  document["meta:containerId"] = to_string(Container::tenant);
  document["meta:sandboxId"] = sandbox.id;
  document["meta:sandboxType"] = sandbox.type;
  document["meta:tenantNamespace"] = "_" + author.tenant;
  document["meta:registryMetadata"] = metadata_of(author, draft.created, document);
}

Status check_title_is_free(ReadTx& ledger, const Scope& scope, const std::string& title) {
  LG_ASSIGN(const auto other, ledger::find_tenant_resource_by_title(ledger, scope, title));
  if (!other) return {};
  return fail(codes::schema_title_taken,
              "The title \"{}\" is taken by \"{}\" ({}). Titles are unique in a sandbox, whatever the type.", title,
              other->id, other->type);
}

}  // namespace

Result<Draft> prepare(ReadTx& ledger, const Author& author, ResourceType type, const JsonObject& body, Millis now,
                      Random& random) {
  Library library(ledger, author.scope);
  LG_TRY(check_members(library, type, body));
  LG_TRY(check_namespace(type, body, author.tenant));

  const std::string id =
      fmt::format("https://ns.adobe.com/{}/{}/{}", author.tenant, to_string(type), random.hex(hash_digits));
  Draft draft{.resource = {.id = ResourceId(id),
                           .alt_id = alt_id_of(id),
                           .type = type,
                           .container = Container::tenant,
                           .title = std::string(xdm::text_member(body, "title")),
                           .version = "1.0",
                           .document = named_document(type, body, id)},
              .class_id = {},
              .created = now,
              .dependencies = xdm::references(body)};
  LG_TRY(check_title_is_free(ledger, author.scope, draft.resource.title));
  if (type == ResourceType::schemas) {
    LG_ASSIGN(draft.class_id, class_of(library, body));
  }
  LG_ASSIGN(const xdm::ResolvedSchema resolved, library.resolve(draft.resource.document));
  LG_TRY(check_table(resolved));
  LG_ASSIGN(const ledger::Sandbox sandbox, ledger::get_sandbox(ledger, author.scope));
  add_server_members(author, sandbox, draft, resolved, draft.resource.document);
  return draft;
}

Status insert(Tx& ledger, const Author& author, const Draft& draft) {
  Library library(ledger, author.scope);
  for (const std::string& id : draft.dependencies) {
    LG_ASSIGN(const Resource* dependency, library.find(id));
    if (dependency != nullptr) continue;
    return fail(codes::schema_reference_unknown, "\"{}\" was deleted while \"{}\" was created from it.", id,
                draft.resource.title);
  }
  return ledger::insert_resource(ledger, {.id = draft.resource.id,
                                          .alt_id = draft.resource.alt_id,
                                          .scope = author.scope,
                                          .container = std::string(to_string(draft.resource.container)),
                                          .type = std::string(to_string(draft.resource.type)),
                                          .title = draft.resource.title,
                                          .class_id = draft.class_id.text(),
                                          .document = boost::json::serialize(draft.resource.document),
                                          .version = 0,
                                          .created = draft.created,
                                          .updated = draft.created,
                                          .created_user = author.user_id,
                                          .created_client = author.client_id,
                                          .updated_user = author.user_id,
                                          .updated_client = author.client_id});
}

}  // namespace lakegate::registry
