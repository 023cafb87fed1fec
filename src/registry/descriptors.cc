#include "registry/descriptors.h"

#include <boost/json/serialize.hpp>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "ledger/audit.h"
#include "ledger/orgs.h"
#include "model/error_codes.h"
#include "registry/library.h"
#include "registry/rules.h"
#include "xdm/names.h"

namespace lakegate::registry {
namespace {

using xdm::JsonObject;
using xdm::JsonValue;

constexpr size_t id_digits = 40;

constexpr std::string_view identity = "xdm:descriptorIdentity";
constexpr std::string_view display = "xdm:alternateDisplayInfo";
constexpr std::string_view reference = "xdm:descriptorReferenceIdentity";
constexpr std::string_view one_to_one = "xdm:descriptorOneToOne";
constexpr std::string_view relationship = "xdm:descriptorRelationship";

constexpr std::string_view deprecated = "xdm:descriptorDeprecated";

constexpr std::array<std::string_view, 9> types = {identity,
                                                   display,
                                                   reference,
                                                   one_to_one,
                                                   relationship,
                                                   "xdm:descriptorPrimaryKey",
                                                   "xdm:descriptorVersion",
                                                   "xdm:descriptorTimestamp",
                                                   deprecated};

constexpr std::array server_set = {"@id",         "meta:containerId", "created",        "updated",
                                   "createdUser", "updatedUser",      "createdClient",  "updatedClient",
                                   "imsOrg",      "version",          "meta:sandboxId", "meta:sandboxType"};

template <class... Args>
std::unexpected<Error> refuse(fmt::format_string<Args...> format, Args&&... args) {
  return fail(codes::descriptor_invalid, "{}", fmt::format(format, std::forward<Args>(args)...));
}

bool leads_elsewhere(std::string_view type) { return type == one_to_one || type == relationship; }

Result<std::string_view> needed(const JsonObject& body, std::string_view member, std::string_view example) {
  const std::string_view text = xdm::text_member(body, member);
  if (!text.empty()) return text;
  return refuse("Member \"{}\" is missing; expected e.g. \"{}\".", member, example);
}

Status check_version(const JsonObject& body, std::string_view member, bool is_needed) {
  const JsonValue* version = body.if_contains(member);
  if (version == nullptr && !is_needed) return {};
  if (version != nullptr && (*version == 1 || *version == "1" || *version == "1.0")) return {};
  return refuse("Member \"{}\" is {}; expected 1, the major version.", member,
                version == nullptr ? "missing" : boost::json::serialize(*version));
}

// One body's checks. What it says of itself first, then what it needs of others.
class Check {
 public:
  Check(ReadTx& ledger, const Author& author, const JsonObject& body, std::string_view id)
      : ledger_(ledger), author_(author), body_(body), id_(id), library_(ledger, author.scope) {}

  Result<ledger::Descriptor> run();

 private:
  Status check_source(ledger::Descriptor& made);
  Status check_property(const Resource& schema, std::string_view path);
  Status check_identity(const ledger::Descriptor& made);
  Status check_display();
  Status check_relationship(ledger::Descriptor& made);
  Status check_twins(const ledger::Descriptor& made);
  Result<std::vector<Descriptor>> of_schema(const ResourceId& schema);

  ReadTx& ledger_;
  const Author& author_;
  const JsonObject& body_;
  const std::string_view id_;
  Library library_;
};

Result<std::vector<Descriptor>> Check::of_schema(const ResourceId& schema) {
  LG_ASSIGN(std::vector<Descriptor> found, descriptors_of(ledger_, author_.scope, schema));
  std::erase_if(found, [&](const Descriptor& one) { return one.id == id_; });
  return found;
}

Status Check::check_property(const Resource& schema, std::string_view path) {
  if (!path.starts_with('/') || path.size() < 2) {
    return refuse("Member \"xdm:sourceProperty\" is \"{}\"; expected a path of names like \"/personalEmail/address\".",
                  path);
  }
  if (path.find("/properties/") != std::string_view::npos) {
    return refuse("Member \"xdm:sourceProperty\" is \"{}\"; leave out the segments \"properties\".", path);
  }
  LG_ASSIGN(const xdm::ResolvedSchema resolved, library_.resolve(schema.document));
  if (field_at(resolved.tree, path) != nullptr) return {};
  return refuse("Member \"xdm:sourceProperty\": \"{}\" has no field at \"{}\".", schema.id, path);
}

Status Check::check_source(ledger::Descriptor& made) {
  LG_ASSIGN(const std::string_view id, needed(body_, "xdm:sourceSchema", "https://ns.adobe.com/…/schemas/…"));
  LG_ASSIGN(const Resource* schema, library_.find(id));
  if (schema == nullptr) return refuse("Member \"xdm:sourceSchema\" is \"{}\", which does not exist.", id);
  made.source_schema = schema->id;
  LG_TRY(check_version(body_, "xdm:sourceVersion", true));
  const boost::json::array* several = xdm::array_member(body_, "xdm:sourceProperty");
  if (several != nullptr && made.type == "xdm:descriptorPrimaryKey" && !several->empty()) {
    for (const JsonValue& one : *several) {
      if (!one.is_string()) return refuse("Member \"xdm:sourceProperty\" holds something that is not a path.");
      LG_TRY(check_property(*schema, one.get_string()));
      made.source_property += (made.source_property.empty() ? "" : ",") + std::string(one.get_string());
    }
    return {};
  }
  LG_ASSIGN(const std::string_view path, needed(body_, "xdm:sourceProperty", "/personalEmail/address"));
  made.source_property = path;
  return check_property(*schema, path);
}

Status Check::check_identity(const ledger::Descriptor& made) {
  LG_TRY(needed(body_, "xdm:namespace", "Email"));
  const std::string_view property = xdm::text_member(body_, "xdm:property");
  if (property != "xdm:code" && property != "xdm:id")
    return refuse("Member \"xdm:property\" is \"{}\"; expected \"xdm:code\" or \"xdm:id\".", property);
  const JsonValue* primary = body_.if_contains("xdm:isPrimary");
  if (primary == nullptr) return {};
  if (!primary->is_bool())
    return refuse("Member \"xdm:isPrimary\" is {}; expected true or false.", boost::json::serialize(*primary));
  if (!primary->get_bool()) return {};
  LG_ASSIGN(const std::vector<Descriptor> others, of_schema(made.source_schema));
  for (const Descriptor& other : others) {
    const JsonValue* is_primary = other.document.if_contains("xdm:isPrimary");
    if (other.type != identity || is_primary == nullptr || *is_primary != true) continue;
    return refuse("Schema \"{}\" has a primary identity already, at \"{}\" (descriptor {}); there is one at most.",
                  made.source_schema, xdm::text_member(other.document, "xdm:sourceProperty"), other.id);
  }
  return {};
}

Status Check::check_display() {
  for (const std::string_view member : {"xdm:title", "xdm:description", "meta:enum", "xdm:excludeMetaEnum"}) {
    const JsonValue* value = body_.if_contains(member);
    if (value == nullptr) continue;
    if (value->is_object() && !value->get_object().empty()) return {};
    return refuse("Member \"{}\" is {}; expected an object, e.g. {{\"en_us\": \"Loyalty level\"}}.", member,
                  boost::json::serialize(*value).substr(0, 200));
  }
  return refuse("One of \"xdm:title\", \"xdm:description\" and \"meta:enum\" is needed.");
}

// A relationship's source is a reference identity, its destination a primary one, of one namespace.
Status Check::check_relationship(ledger::Descriptor& made) {
  LG_ASSIGN(const std::string_view id, needed(body_, "xdm:destinationSchema", "https://ns.adobe.com/…/schemas/…"));
  LG_ASSIGN(const Resource* schema, library_.find(id));
  if (schema == nullptr) return refuse("Member \"xdm:destinationSchema\" is \"{}\", which does not exist.", id);
  made.other_schema = schema->id;
  LG_TRY(check_version(body_, "xdm:destinationVersion", false));
  if (const std::string_view path = xdm::text_member(body_, "xdm:destinationProperty"); !path.empty() && path != "/") {
    LG_ASSIGN(const xdm::ResolvedSchema resolved, library_.resolve(schema->document));
    if (field_at(resolved.tree, path) == nullptr)
      return refuse("Member \"xdm:destinationProperty\": \"{}\" has no field at \"{}\".", schema->id, path);
  }
  LG_ASSIGN(const std::vector<Descriptor> of_source, of_schema(made.source_schema));
  const auto source = std::ranges::find_if(of_source, [&](const Descriptor& one) {
    return one.type == reference && xdm::text_member(one.document, "xdm:sourceProperty") == made.source_property;
  });
  if (source == of_source.end()) {
    return refuse("\"{}\" of schema \"{}\" is no reference identity. Make a {} of it first.", made.source_property,
                  made.source_schema, reference);
  }
  LG_ASSIGN(const std::vector<Descriptor> of_destination, of_schema(schema->id));
  const auto destination = std::ranges::find_if(of_destination, [&](const Descriptor& one) {
    const JsonValue* primary = one.document.if_contains("xdm:isPrimary");
    return one.type == identity && primary != nullptr && *primary == true;
  });
  if (destination == of_destination.end())
    return refuse("Schema \"{}\" has no primary identity that the relationship could lead to.", schema->id);
  const std::string_view from = xdm::text_member(source->document, "xdm:identityNamespace");
  const std::string_view to = xdm::text_member(destination->document, "xdm:namespace");
  if (from == to) return {};
  return refuse(
      "The reference identity is of namespace \"{}\", the primary identity of \"{}\" of \"{}\"; they must be one.",
      from, schema->id, to);
}

Status Check::check_twins(const ledger::Descriptor& made) {
  LG_ASSIGN(const std::vector<Descriptor> others, of_schema(made.source_schema));
  for (const Descriptor& other : others) {
    const JsonValue* property = other.document.if_contains("xdm:sourceProperty");
    if (other.type != made.type || property == nullptr || *property != body_.at("xdm:sourceProperty")) continue;
    if (xdm::text_member(other.document, "xdm:namespace") != xdm::text_member(body_, "xdm:namespace")) continue;
    if (xdm::text_member(other.document, "xdm:destinationSchema") != xdm::text_member(body_, "xdm:destinationSchema"))
      continue;
    return refuse("\"{}\" of schema \"{}\" has a {} already: {}. Change that one with PUT.", made.source_property,
                  made.source_schema, made.type, other.id);
  }
  return {};
}

Result<ledger::Descriptor> Check::run() {
  if (const Status fine = check_no_nulls(body_); !fine)
    return fail(codes::descriptor_invalid, "{}", fine.error().message);
  ledger::Descriptor made;
  LG_ASSIGN(const std::string_view type, needed(body_, "@type", identity));
  if (std::ranges::find(types, type) == types.end())
    return refuse("Member \"@type\" is \"{}\"; expected one of {}.", type, fmt::join(types, ", "));
  made.type = type;
  LG_TRY(check_source(made));
  if (type == identity) LG_TRY(check_identity(made));
  if (type == display) LG_TRY(check_display());
  if (type == reference) LG_TRY(needed(body_, "xdm:identityNamespace", "Email"));
  if (leads_elsewhere(type)) LG_TRY(check_relationship(made));
  LG_TRY(check_twins(made));
  return made;
}

Result<Descriptor> from_row(const ledger::Descriptor& row) {
  LG_ASSIGN(JsonObject document, xdm::parse_document(row.document));
  return Descriptor{.id = row.id, .type = row.type, .document = std::move(document)};
}

Result<std::vector<Descriptor>> from_rows(const std::vector<ledger::Descriptor>& rows) {
  std::vector<Descriptor> descriptors;
  for (const ledger::Descriptor& row : rows) {
    LG_ASSIGN(Descriptor descriptor, from_row(row));
    descriptors.push_back(std::move(descriptor));
  }
  return descriptors;
}

JsonObject complete(const ledger::Descriptor& made, const JsonObject& body, const Author& author,
                    const ledger::Sandbox& sandbox, const JsonObject* former, Millis now) {
  JsonObject document{{"@id", made.id}, {"@type", made.type}};
  for (const auto& [key, value] : body) {
    if (std::ranges::find(server_set, key) == server_set.end()) document[key] = value;
  }
  document["xdm:sourceSchema"] = made.source_schema.text();
  if (!made.other_schema.empty()) document["xdm:destinationSchema"] = made.other_schema.text();
  document["imsOrg"] = author.ims_org;
  document["version"] = "1";
  document["meta:containerId"] = "tenant";
  document["meta:sandboxId"] = sandbox.id;
  document["meta:sandboxType"] = sandbox.type;
  document["created"] = made.created;
  document["createdUser"] =
      former != nullptr ? xdm::text_member(*former, "createdUser") : std::string_view(author.user_id);
  document["createdClient"] =
      former != nullptr ? xdm::text_member(*former, "createdClient") : std::string_view(author.client_id);
  document["updated"] = now;
  document["updatedUser"] = author.user_id;
  document["updatedClient"] = author.client_id;
  return document;
}

Status record(Tx& tx, const Author& author, const ledger::Descriptor& descriptor, std::string_view action, Millis at) {
  const JsonObject detail{
      {"type", descriptor.type}, {"schema", descriptor.source_schema.text()}, {"property", descriptor.source_property}};
  return ledger::record_audit(tx, {.org = author.scope.org,
                                   .at = at,
                                   .actor = author.user_id,
                                   .action = std::string(action),
                                   .subject = descriptor.id,
                                   .detail = boost::json::serialize(detail)});
}

// The relationship that would lead nowhere without this one.
Result<std::optional<std::string>> dependent(ReadTx& ledger, const Scope& scope, const ledger::Descriptor& row) {
  if (row.type != identity && row.type != reference) return std::nullopt;
  LG_ASSIGN(const auto all, ledger::list_descriptors(ledger, scope, descriptors_max));
  LG_ASSIGN(const Descriptor itself, from_row(row));
  const JsonValue* primary = itself.document.if_contains("xdm:isPrimary");
  const bool is_primary = primary != nullptr && *primary == true;
  for (const ledger::Descriptor& other : all) {
    if (!leads_elsewhere(other.type)) continue;
    const bool from_here = row.type == reference && other.source_schema == row.source_schema &&
                           other.source_property == row.source_property;
    const bool to_here = is_primary && row.type == identity && other.other_schema == row.source_schema;
    if (from_here || to_here) return other.id;
  }
  return std::nullopt;
}

// Whether relationships that rest on the one as it was can rest on the one as it becomes.
Result<bool> bears_the_same(const ledger::Descriptor& former, const ledger::Descriptor& next) {
  if (former.type != next.type || former.source_schema != next.source_schema) return false;
  LG_ASSIGN(const Descriptor was, from_row(former));
  LG_ASSIGN(const Descriptor becomes, from_row(next));
  const auto same = [&](std::string_view member) {
    return xdm::text_member(was.document, member) == xdm::text_member(becomes.document, member);
  };
  if (former.type == reference) return former.source_property == next.source_property && same("xdm:identityNamespace");
  const JsonValue* primary = becomes.document.if_contains("xdm:isPrimary");
  return primary != nullptr && *primary == true && same("xdm:namespace");
}

Status check_dependent(ReadTx& ledger, const Scope& scope, const ledger::Descriptor& next) {
  LG_ASSIGN(const ledger::Descriptor former, ledger::find_descriptor(ledger, scope, next.id));
  LG_ASSIGN(const std::optional<std::string> other, dependent(ledger, scope, former));
  if (!other) return {};
  LG_ASSIGN(const bool bears, bears_the_same(former, next));
  if (bears) return {};
  return fail(
      codes::descriptor_needed,
      "The relationship {} rests on descriptor {}: its type, schema and namespace stay, and so does the property "
      "of a reference and the primary flag of an identity. Delete the relationship first.",
      *other, next.id);
}

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

}  // namespace

std::span<const std::string_view> descriptor_types() { return types; }

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

Result<ledger::Descriptor> prepare_descriptor(ReadTx& ledger, const Author& author, const JsonObject& body,
                                              std::string_view id, Millis now, Random& random) {
  std::optional<Descriptor> former;
  ledger::Descriptor row;
  if (!id.empty()) {
    LG_ASSIGN(row, ledger::find_descriptor(ledger, author.scope, id));
    LG_ASSIGN(former, from_row(row));
  }
  LG_ASSIGN(ledger::Descriptor made, Check(ledger, author, body, id).run());
  LG_ASSIGN(const ledger::Sandbox sandbox, ledger::get_sandbox(ledger, author.scope));
  made.id = former ? former->id : random.hex(id_digits);
  made.scope = author.scope;
  made.created = former ? row.created : now;
  made.updated = now;
  made.document =
      boost::json::serialize(complete(made, body, author, sandbox, former ? &former->document : nullptr, now));
  return made;
}

Status store_descriptor(Tx& ledger, const Author& author, const ledger::Descriptor& descriptor, bool is_new) {
  LG_ASSIGN(const JsonObject body, xdm::parse_document(descriptor.document));
  // What was checked on a reader is checked again but for the field, which costs a resolution.
  Library library(ledger, author.scope);
  LG_ASSIGN(const Resource* schema, library.find(descriptor.source_schema.text()));
  if (schema == nullptr) return refuse("Schema \"{}\" was deleted meanwhile.", descriptor.source_schema);
  if (!is_new) {
    LG_TRY(check_dependent(ledger, author.scope, descriptor));
    LG_TRY(ledger::update_descriptor(ledger, descriptor));
    return record(ledger, author, descriptor, "descriptor.update", descriptor.updated);
  }
  LG_ASSIGN(const int64_t count, ledger::count_descriptors(ledger, author.scope));
  if (count >= descriptors_max) {
    return refuse("The sandbox has {} descriptors, and there can be no more. Delete those that are not needed.", count);
  }
  LG_ASSIGN(const auto others,
            ledger::descriptors_of_schema(ledger, author.scope, descriptor.source_schema, descriptors_max));
  for (const ledger::Descriptor& other : others) {
    if (other.type != descriptor.type || other.source_property != descriptor.source_property) continue;
    LG_ASSIGN(const JsonObject document, xdm::parse_document(other.document));
    if (xdm::text_member(document, "xdm:namespace") != xdm::text_member(body, "xdm:namespace") ||
        other.other_schema != descriptor.other_schema)
      continue;
    return refuse("\"{}\" of schema \"{}\" has a {} already: {}.", descriptor.source_property, descriptor.source_schema,
                  descriptor.type, other.id);
  }
  LG_TRY(ledger::insert_descriptor(ledger, descriptor));
  return record(ledger, author, descriptor, "descriptor.create", descriptor.created);
}

Status remove_descriptor(Tx& ledger, const Author& author, std::string_view id, Millis now) {
  LG_ASSIGN(const ledger::Descriptor row, ledger::find_descriptor(ledger, author.scope, id));
  LG_ASSIGN(const std::optional<std::string> other, dependent(ledger, author.scope, row));
  if (other) {
    return fail(codes::descriptor_needed, "The relationship {} rests on descriptor {}. Delete the relationship first.",
                *other, row.id);
  }
  LG_TRY(ledger::delete_descriptor(ledger, author.scope, id));
  return record(ledger, author, row, "descriptor.delete", now);
}

Result<Descriptor> find_descriptor(ReadTx& ledger, const Scope& scope, std::string_view id) {
  LG_ASSIGN(const ledger::Descriptor row, ledger::find_descriptor(ledger, scope, id));
  return from_row(row);
}

Result<std::vector<Descriptor>> list_descriptors(ReadTx& ledger, const Scope& scope) {
  LG_ASSIGN(const auto rows, ledger::list_descriptors(ledger, scope, descriptors_max));
  return from_rows(rows);
}

Result<std::vector<Descriptor>> descriptors_of(ReadTx& ledger, const Scope& scope, const ResourceId& schema) {
  LG_ASSIGN(const auto rows, ledger::descriptors_of_schema(ledger, scope, schema, descriptors_max));
  return from_rows(rows);
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
      JsonObject* field = row.type == deprecated ? field_at(tree, row.source_property) : nullptr;
      if (field != nullptr) (*field)["meta:status"] = "deprecated";
    }
  }
  return {};
}

}  // namespace lakegate::registry
