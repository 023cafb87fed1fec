#include "registry/descriptors.h"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "ledger/audit.h"
#include "ledger/orgs.h"
#include "model/error_codes.h"
#include "registry/descriptor_check.h"
#include "registry/descriptor_types.h"
#include "registry/library.h"

namespace lakegate::registry {
namespace {

using xdm::JsonObject;
using xdm::JsonValue;

constexpr size_t id_digits = 40;

constexpr std::array server_set = {"@id",         "meta:containerId", "created",        "updated",
                                   "createdUser", "updatedUser",      "createdClient",  "updatedClient",
                                   "imsOrg",      "version",          "meta:sandboxId", "meta:sandboxType"};

template <class... Args>
std::unexpected<Error> refuse(fmt::format_string<Args...> format, Args&&... args) {
  return fail(codes::descriptor_invalid, "{}", fmt::format(format, std::forward<Args>(args)...));
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
                                   .detail = boost::json::serialize(detail),
                                   .request_id = author.request_id});
}

// The relationship that would lead nowhere without this one.
Result<std::optional<std::string>> dependent(ReadTx& ledger, const Scope& scope, const ledger::Descriptor& row) {
  if (row.type != descriptor_type::identity && row.type != descriptor_type::reference) return std::nullopt;
  LG_ASSIGN(const auto all, ledger::list_descriptors(ledger, scope, descriptors_max));
  LG_ASSIGN(const Descriptor itself, from_row(row));
  const JsonValue* primary = itself.document.if_contains("xdm:isPrimary");
  const bool is_primary = primary != nullptr && *primary == true;
  for (const ledger::Descriptor& other : all) {
    if (!descriptor_type::leads_elsewhere(other.type)) continue;
    const bool from_here = row.type == descriptor_type::reference && other.source_schema == row.source_schema &&
                           other.source_property == row.source_property;
    const bool to_here = is_primary && row.type == descriptor_type::identity && other.other_schema == row.source_schema;
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
  if (former.type == descriptor_type::reference)
    return former.source_property == next.source_property && same("xdm:identityNamespace");
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

}  // namespace

Result<ledger::Descriptor> prepare_descriptor(ReadTx& ledger, const Author& author, const JsonObject& body,
                                              std::string_view id, Millis now, Random& random) {
  std::optional<Descriptor> former;
  ledger::Descriptor row;
  if (!id.empty()) {
    LG_ASSIGN(row, ledger::find_descriptor(ledger, author.scope, id));
    LG_ASSIGN(former, from_row(row));
  }
  LG_ASSIGN(ledger::Descriptor made, check_descriptor(ledger, author, body, id));
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

}  // namespace lakegate::registry
