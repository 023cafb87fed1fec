#include "registry/completion.h"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace lakegate::registry {
namespace {

using boost::json::array;
using xdm::JsonObject;
using xdm::JsonValue;

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

std::string hash_of(const JsonObject& document) {  // FNV-1a: names the text, guards nothing
  uint64_t hash = 14695981039346656037u;
  for (const char c : boost::json::serialize(document)) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return fmt::format("{:016x}", hash);
}

JsonObject metadata_of(const Stamp& stamp, const JsonObject& document) {
  return {{"repo:createdDate", stamp.created},
          {"repo:lastModifiedDate", stamp.changed},
          {"xdm:createdClientId", stamp.created_client},
          {"xdm:lastModifiedClientId", stamp.changed_client},
          {"xdm:createdUserId", stamp.created_user},
          {"xdm:lastModifiedUserId", stamp.changed_user},
          {"eTag", hash_of(document)},
          {"meta:globalLibVersion", "1"}};
}

array composed_once(const array& entries) {
  array composed;
  std::set<std::string, std::less<>> seen;
  for (const JsonValue& value : entries) {
    const JsonObject* entry = value.if_object();
    const std::string_view reference = entry != nullptr ? xdm::text_member(*entry, "$ref") : std::string_view();
    if (reference.empty()) {
      composed.push_back(value);
      continue;
    }
    if (!seen.emplace(reference).second) continue;
    JsonObject referring = *entry;
    referring["type"] = "object";
    referring["meta:xdmType"] = "object";
    composed.emplace_back(std::move(referring));
  }
  return composed;
}

}  // namespace

JsonObject own_members(const JsonObject& document) {
  JsonObject own;
  for (const auto& [key, value] : document) {
    if (std::ranges::find(server_set, key) == server_set.end()) own[key] = value;
  }
  if (!own.contains("type")) own["type"] = "object";
  if (JsonValue* entries = own.if_contains("allOf"); entries != nullptr && entries->is_array()) {
    own["allOf"] = composed_once(entries->get_array());
  }
  return own;
}

void complete(Resource& resource, const Author& author, const ledger::Sandbox& sandbox, const Stamp& stamp,
              const ResourceId& class_id, const xdm::ResolvedSchema& resolved) {
  const bool is_schema = resource.type == ResourceType::schemas;
  JsonObject document{{"$id", resource.id.text()},
                      {"meta:altId", resource.alt_id},
                      {"meta:resourceType", to_string(resource.type)},
                      {"version", resource.version}};
  for (auto& [key, value] : resource.document) document[key] = std::move(value);
  if (const array* extends = xdm::array_member(resolved.tree, "meta:extends")) document["meta:extends"] = *extends;
  if (is_schema) {
    const std::vector<std::string> references = xdm::references(document);
    document["refs"] = array(references.begin(), references.end());
    document["meta:class"] = class_id.text();
  }
  document["imsOrg"] = author.ims_org;
  document["meta:extensible"] = !is_schema;
  document["meta:abstract"] = !is_schema;
  document["meta:xdmType"] = document.at("type");
  document["meta:containerId"] = to_string(Container::tenant);
  document["meta:sandboxId"] = sandbox.id;
  document["meta:sandboxType"] = sandbox.type;
  document["meta:tenantNamespace"] = "_" + author.tenant;
  document["meta:registryMetadata"] = metadata_of(stamp, document);
  resource.document = std::move(document);
}

std::string_view etag_of(const JsonObject& document) {
  const JsonObject* metadata = xdm::object_member(document, "meta:registryMetadata");
  return metadata != nullptr ? xdm::text_member(*metadata, "eTag") : std::string_view();
}

bool has_immutable_tag(const JsonObject& document, std::string_view tag) {
  const array* tags = xdm::array_member(document, "meta:immutableTags");
  return tags != nullptr && std::ranges::any_of(*tags, [&](const JsonValue& one) {
           return one.is_string() && std::string_view(one.get_string()) == tag;
         });
}

}  // namespace lakegate::registry
