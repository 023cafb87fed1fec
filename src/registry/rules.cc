#include "registry/rules.h"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "model/error_codes.h"
#include "xdm/names.h"
#include "xdm/table_mapping.h"

namespace lakegate::registry {
namespace {

using boost::json::array;
using xdm::JsonObject;
using xdm::JsonValue;

constexpr size_t title_bytes_max = 1000;

// The $ids that the entries of allOf name as a whole, without fragment.
std::vector<std::string> composed_of(const JsonObject& body) {
  std::vector<std::string> ids;
  const array* entries = xdm::array_member(body, "allOf");
  if (entries == nullptr) return ids;
  for (const JsonValue& entry : *entries) {
    const std::string_view reference =
        entry.is_object() ? xdm::text_member(entry.get_object(), "$ref") : std::string_view();
    if (!reference.empty() && !reference.starts_with('#')) ids.emplace_back(reference.substr(0, reference.find('#')));
  }
  return ids;
}

Result<const Resource*> referred(Library& library, std::string_view id, std::string_view member) {
  LG_ASSIGN(const Resource* resource, library.find(id));
  if (resource != nullptr) return resource;
  return fail(codes::schema_reference_unknown,
              "\"{}\" names \"{}\", which does not exist. Create or import that resource first.", member, id);
}

// Absent, it is "object": clients leave it out.
Status check_type(ResourceType type, const JsonObject& body) {
  const JsonValue* stated = body.if_contains("type");
  const bool is_free = type == ResourceType::datatypes;
  if (stated == nullptr || *stated == "object" || (is_free && stated->is_string())) return {};
  return fail(codes::schema_invalid, "\"type\" is {}; expected \"object\"{}.", boost::json::serialize(*stated),
              is_free ? " (a data type may also be an array or a single value)" : "");
}

Status check_title(const JsonObject& body) {
  const std::string_view title = xdm::text_member(body, "title");
  if (title.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return fail(codes::schema_invalid,
                "\"title\" is missing or empty. Every resource needs one, unique in the sandbox.");
  }
  if (title.size() <= title_bytes_max) return {};
  return fail(codes::schema_invalid, "\"title\" has {} bytes; at most {} are possible.", title.size(), title_bytes_max);
}

// A field group goes with the classes that it names, and with classes that rest on what it names: `extends`.
Status check_group(const Resource& group, const Resource& schema_class, const array* extends) {
  const array* intended = xdm::array_member(group.document, "meta:intendedToExtend");
  if (intended == nullptr || intended->empty()) return {};
  std::string named;
  for (const JsonValue& id : *intended) {
    if (!id.is_string()) continue;
    if (id.get_string() == schema_class.id.text()) return {};
    if (extends != nullptr && std::ranges::find(*extends, id) != extends->end()) return {};
    named += (named.empty() ? "\"" : ", \"") + std::string(id.get_string()) + "\"";
  }
  return fail(codes::schema_invalid, "Field group \"{}\" ({}) is intended for {}, not for this schema's class \"{}\".",
              group.id, group.title, named, schema_class.id);
}

Status check_schema(Library& library, const JsonObject& body) {
  LG_ASSIGN(const ResourceId class_id, class_of(library, body));
  LG_ASSIGN(const Resource* schema_class, referred(library, class_id.text(), "allOf"));
  LG_ASSIGN(const xdm::ResolvedSchema resolved, library.resolve(schema_class->document));
  const array* extends = xdm::array_member(resolved.tree, "meta:extends");
  for (const std::string& id : composed_of(body)) {
    LG_ASSIGN(const Resource* part, referred(library, id, "allOf"));
    if (part->type == ResourceType::mixins) LG_TRY(check_group(*part, *schema_class, extends));
  }
  return {};
}

Status check_class(Library& library, const JsonObject& body) {
  size_t behaviors = 0;
  for (const std::string& id : composed_of(body)) {
    LG_ASSIGN(const Resource* part, referred(library, id, "allOf"));
    behaviors += part->type == ResourceType::behaviors ? 1 : 0;
  }
  if (behaviors == 1) return {};
  return fail(codes::schema_invalid,
              "\"allOf\" of a class must name one behaviour, found {}: \"{}\", \"{}\" or \"{}\".", behaviors,
              xdm::record_behavior, xdm::time_series_behavior, xdm::adhoc_behavior);
}

Status check_field_group(Library& library, const JsonObject& body) {
  const array* intended = xdm::array_member(body, "meta:intendedToExtend");
  if (intended == nullptr || intended->empty()) {
    return fail(codes::schema_invalid,
                "\"meta:intendedToExtend\" is missing: list the $ids of the classes that this field group goes with.");
  }
  for (const JsonValue& id : *intended) {
    if (!id.is_string())
      return fail(codes::schema_invalid, "\"meta:intendedToExtend\" holds something that is not an $id.");
    LG_ASSIGN(const Resource* target, referred(library, id.get_string(), "meta:intendedToExtend"));
    if (target->type != ResourceType::classes && target->type != ResourceType::behaviors) {
      return fail(codes::schema_invalid, "\"meta:intendedToExtend\" names \"{}\", which is one of the {}, not a class.",
                  target->id, to_string(target->type));
    }
  }
  return {};
}

// Names of the fields that the document itself puts at its root: directly, inline in allOf, or by definitions of its
// own.
class OwnFields {
 public:
  explicit OwnFields(const JsonObject& document) : document_(document) { take(document); }
  const std::set<std::string>& names() const { return names_; }

 private:
  void take(const JsonObject& schema) {
    if (const JsonObject* properties = xdm::object_member(schema, "properties")) {
      for (const auto& member : *properties) names_.emplace(member.key());
    }
    if (const std::string_view reference = xdm::text_member(schema, "$ref"); reference.starts_with("#/definitions/")) {
      const std::string_view name = reference.substr(std::string_view("#/definitions/").size());
      const JsonObject* definitions = xdm::object_member(document_, "definitions");
      const JsonObject* definition = definitions != nullptr ? xdm::object_member(*definitions, name) : nullptr;
      if (definition != nullptr && seen_.emplace(name).second) take(*definition);
    }
    const array* entries = xdm::array_member(schema, "allOf");
    if (entries == nullptr) return;
    for (const JsonValue& entry : *entries) {
      if (entry.is_object()) take(entry.get_object());
    }
  }

  const JsonObject& document_;
  std::set<std::string> names_;
  std::set<std::string, std::less<>> seen_;
};

Status check_no_nulls_below(const JsonValue& value, const std::string& pointer) {
  if (value.is_null()) {
    return fail(codes::schema_invalid, "\"{}\" is null. Leave the member out instead.", pointer);
  }
  if (const array* list = value.if_array()) {
    for (size_t i = 0; i < list->size(); ++i)
      LG_TRY(check_no_nulls_below((*list)[i], fmt::format("{}/{}", pointer, i)));
  }
  const JsonObject* object = value.if_object();
  if (object == nullptr) return {};
  for (const auto& [key, member] : *object) {
    const bool is_value = key == "const" || key == "enum" || key == "default" || key == "examples";
    if (!is_value || member.is_object()) LG_TRY(check_no_nulls_below(member, pointer + "/" + std::string(key)));
  }
  return {};
}

bool is_adhoc_class(ResourceType type, const JsonObject& body) {
  const std::vector<std::string> parts = composed_of(body);
  return type == ResourceType::classes && std::ranges::find(parts, xdm::adhoc_behavior) != parts.end();
}

}  // namespace

Result<ResourceId> class_of(Library& library, const JsonObject& schema) {
  std::vector<ResourceId> classes;
  for (const std::string& id : composed_of(schema)) {
    LG_ASSIGN(const Resource* part, referred(library, id, "allOf"));
    if (part->type == ResourceType::classes) classes.push_back(part->id);
  }
  if (classes.size() == 1) return classes.front();
  if (classes.empty()) {
    return fail(codes::schema_invalid,
                "\"allOf\" of a schema must name exactly one class, found none. Name one by {{\"$ref\": "
                "\"https://ns.adobe.com/xdm/context/profile\"}}.");
  }
  return fail(codes::schema_invalid,
              "\"allOf\" of a schema must name exactly one class, found {}, among them \"{}\" and \"{}\".",
              classes.size(), classes[0], classes[1]);
}

Status check_form(ResourceType type, const JsonObject& body) {
  LG_TRY(check_title(body));
  return check_type(type, body);
}

Status check_no_nulls(const JsonObject& body) {
  for (const auto& [key, value] : body) LG_TRY(check_no_nulls_below(value, "/" + std::string(key)));
  return {};
}

Status check_table(const xdm::ResolvedSchema& resolved) {
  xdm::FieldFacts facts;
  LG_ASSIGN(const TableSchema table, xdm::to_table_schema(resolved, facts));
  LG_TRY(xdm::to_check_schema(resolved, table));
  return {};
}

Status check_members(Library& library, ResourceType type, const JsonObject& body) {
  LG_TRY(check_form(type, body));
  switch (type) {
    case ResourceType::schemas: return check_schema(library, body);
    case ResourceType::classes: return check_class(library, body);
    case ResourceType::mixins: return check_field_group(library, body);
    case ResourceType::datatypes:
    case ResourceType::behaviors:
    case ResourceType::unions: return {};
  }
  return {};
}

Status check_namespace(ResourceType type, const JsonObject& body, std::string_view tenant) {
  if (type == ResourceType::datatypes) return {};
  LG_ASSIGN(const JsonObject named, xdm::with_xed_names(body));
  const std::string own = "_" + std::string(tenant);
  const OwnFields fields(named);
  for (const std::string& name : fields.names()) {
    if (name == own || (name == "_adhoc" && is_adhoc_class(type, body))) continue;
    return fail(codes::schema_namespace,
                "Field \"{}\" stands outside of your namespace. Put it below \"{}\", as properties.{}.properties.{}.",
                name, own, own, name);
  }
  return {};
}

}  // namespace lakegate::registry
