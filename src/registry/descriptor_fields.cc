#include "registry/descriptor_fields.h"

#include <string_view>

#include "ledger/descriptors.h"
#include "registry/descriptors.h"

namespace lakegate::registry {
namespace {

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

}  // namespace lakegate::registry
