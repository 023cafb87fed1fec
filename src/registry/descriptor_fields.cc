#include "registry/descriptor_fields.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "ledger/descriptors.h"
#include "registry/descriptor_types.h"
#include "registry/descriptors.h"
#include "xdm/names.h"

namespace lakegate::registry {
namespace {

using xdm::JsonObject;
using xdm::JsonValue;

const JsonObject* step(const JsonObject* at, std::string_view name) {
  while (at != nullptr) {
    if (const JsonObject* properties = xdm::object_member(*at, "properties")) {
      if (const JsonObject* field = xdm::object_member(*properties, name)) return field;
    }
    const JsonObject* items = xdm::object_member(*at, "items");
    at = items != nullptr ? items : xdm::object_member(*at, "additionalProperties");
  }
  return nullptr;
}

// One path, or the several of a primary key.
std::vector<std::string> paths_of(const xdm::JsonObject& document, std::string_view member) {
  std::vector<std::string> paths;
  if (const boost::json::array* several = xdm::array_member(document, member)) {
    for (const xdm::JsonValue& one : *several) {
      if (one.is_string()) paths.emplace_back(one.get_string());
    }
    return paths;
  }
  const std::string_view path = xdm::text_member(document, member);
  if (!path.empty()) paths.emplace_back(path);
  return paths;
}

Status add_lost(const std::vector<ledger::Descriptor>& rows, std::string_view member, const xdm::JsonObject& tree,
                std::vector<LostField>& lost) {
  for (const ledger::Descriptor& row : rows) {
    LG_ASSIGN(const xdm::JsonObject document, xdm::parse_document(row.document));
    for (std::string& path : paths_of(document, member)) {
      if (field_at(tree, path) == nullptr) lost.push_back({std::move(path), row.id, row.type});
    }
  }
  return {};
}

}  // namespace

Result<std::vector<LostField>> fields_lost(ReadTx& ledger, const Scope& scope, const ResourceId& resource,
                                           const xdm::JsonObject& tree) {
  std::vector<LostField> lost;
  LG_ASSIGN(const auto own, ledger::descriptors_of_schema(ledger, scope, resource, descriptors_max));
  LG_TRY(add_lost(own, "xdm:sourceProperty", tree, lost));
  LG_ASSIGN(const auto leading, ledger::descriptors_leading_to(ledger, scope, resource, descriptors_max));
  LG_TRY(add_lost(leading, "xdm:destinationProperty", tree, lost));
  return lost;
}

const JsonObject* field_at(const JsonObject& tree, std::string_view path) {
  const JsonObject* at = &tree;
  while (at != nullptr && !path.empty()) {
    path.remove_prefix(path.front() == '/' ? 1 : 0);
    const size_t end = std::min(path.find('/'), path.size());
    std::string name(path.substr(0, end));
    path.remove_prefix(end);
    for (const std::string_view suffix : {"[*]", "[]"}) {
      if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
    }
    if (name.empty() || name == "*") continue;
    const JsonObject* next = step(at, name);
    if (next == nullptr) {
      next = at;
      for (const std::string& part : xdm::xed_path(name)) next = step(next, part);
    }
    at = next;
  }
  return at;
}

JsonObject* field_at(JsonObject& tree, std::string_view path) {
  return const_cast<JsonObject*>(field_at(std::as_const(tree), path));  // it is within `tree`
}

Status mark_deprecated(ReadTx& ledger, const Scope& scope, const ResourceId& schema, JsonObject& tree) {
  std::vector<ResourceId> sources{schema};
  if (const boost::json::array* extends = xdm::array_member(tree, "meta:extends")) {
    for (const JsonValue& one : *extends) {
      if (one.is_string()) sources.emplace_back(std::string(one.get_string()));
    }
  }
  for (const ResourceId& source : sources) {
    LG_ASSIGN(const auto rows, ledger::descriptors_of_schema(ledger, scope, source, descriptors_max));
    for (const ledger::Descriptor& row : rows) {
      JsonObject* field = row.type == descriptor_type::deprecated ? field_at(tree, row.source_property) : nullptr;
      if (field != nullptr) (*field)["meta:status"] = "deprecated";
    }
  }
  return {};
}

}  // namespace lakegate::registry
