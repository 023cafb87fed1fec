#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

#include "base/error_codes.h"
#include "xdm/resolver.h"

namespace lakegate::xdm {
namespace {

void collect_references(const JsonValue& value, std::string_view own_id, std::vector<std::string>& ids) {
  if (const boost::json::array* array = value.if_array()) {
    for (const JsonValue& entry : *array) collect_references(entry, own_id, ids);
    return;
  }
  const JsonObject* object = value.if_object();
  if (object == nullptr) return;
  if (std::string_view reference = text_member(*object, "$ref"); !reference.empty()) {
    reference = reference.substr(0, reference.find('#'));
    if (!reference.empty() && reference != own_id && std::ranges::find(ids, reference) == ids.end())
      ids.emplace_back(reference);
  }
  for (const auto& member : *object) collect_references(member.value(), own_id, ids);
}

}  // namespace

const JsonObject& ResolvedSchema::record() const {
  const JsonObject* properties = is_adhoc ? object_member(tree, "properties") : nullptr;
  const JsonObject* adhoc = properties != nullptr ? object_member(*properties, "_adhoc") : nullptr;
  return adhoc != nullptr ? *adhoc : tree;
}

std::vector<std::string> references(const JsonObject& document) {
  std::vector<std::string> ids;
  collect_references(document, text_member(document, "$id"), ids);
  return ids;
}

std::string to_text(const ResolvedSchema& schema) {
  return boost::json::serialize(
      JsonObject{{"id", schema.id.text()}, {"adhoc", schema.is_adhoc}, {"tree", schema.tree}});
}

Result<ResolvedSchema> resolved_schema_from_text(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 4 * resolved_depth_max + 64;
  boost::system::error_code error;
  JsonValue value = boost::json::parse(text, error, {}, options);
  JsonObject* object = value.if_object();
  if (error || object == nullptr || !object->contains("adhoc") || object_member(*object, "tree") == nullptr) {
    return fail(codes::corrupt, "A pinned schema of {} bytes is not readable ({}).", text.size(),
                error ? error.message() : "a member is missing");
  }
  const JsonValue& adhoc = object->at("adhoc");
  return ResolvedSchema{std::move(object->at("tree").get_object()), ResourceId(std::string(text_member(*object, "id"))),
                        adhoc.is_bool() && adhoc.get_bool()};
}

}  // namespace lakegate::xdm
