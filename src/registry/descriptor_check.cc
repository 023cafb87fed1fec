#include "registry/descriptor_check.h"

#include <boost/json/serialize.hpp>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "model/error_codes.h"
#include "registry/descriptor_fields.h"
#include "registry/descriptor_types.h"
#include "registry/descriptors.h"
#include "registry/library.h"
#include "registry/rules.h"

namespace lakegate::registry {
namespace {

using namespace descriptor_type;
using xdm::JsonObject;
using xdm::JsonValue;

template <class... Args>
std::unexpected<Error> refuse(fmt::format_string<Args...> format, Args&&... args) {
  return fail(codes::descriptor_invalid, "{}", fmt::format(format, std::forward<Args>(args)...));
}

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
  if (std::ranges::find(all, type) == all.end())
    return refuse("Member \"@type\" is \"{}\"; expected one of {}.", type, fmt::join(all, ", "));
  made.type = type;
  LG_TRY(check_source(made));
  if (type == identity) LG_TRY(check_identity(made));
  if (type == display) LG_TRY(check_display());
  if (type == reference) LG_TRY(needed(body_, "xdm:identityNamespace", "Email"));
  if (leads_elsewhere(type)) LG_TRY(check_relationship(made));
  LG_TRY(check_twins(made));
  return made;
}

}  // namespace

Result<ledger::Descriptor> check_descriptor(ReadTx& ledger, const Author& author, const JsonObject& body,
                                            std::string_view id) {
  return Check(ledger, author, body, id).run();
}

}  // namespace lakegate::registry
