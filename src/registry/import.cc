#include "registry/import.h"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

#include "base/sha256.h"
#include "ledger/resources.h"
#include "model/error_codes.h"
#include "registry/library.h"
#include "registry/record.h"
#include "registry/rules.h"
#include "xdm/core_library.h"
#include "xdm/resource_type.h"

namespace lakegate::registry {
namespace {

using boost::json::array;
using xdm::JsonObject;
using xdm::JsonValue;

constexpr size_t id_bytes_max = 1000;

// A document's own members of these names do not count: the registry sets them.
constexpr std::array set_by_import = {"meta:altId",           "meta:resourceType",     "meta:containerId",
                                      "meta:tenantNamespace", "meta:registryMetadata", "version"};

bool is_set_by_import(std::string_view name) { return std::ranges::find(set_by_import, name) != set_by_import.end(); }

// Says whether two imports brought the same document.
std::string etag_of(const JsonObject& document) {
  JsonObject own;
  for (const auto& [name, value] : document) {
    if (!is_set_by_import(name)) own[name] = value;
  }
  return sha256_hex(boost::json::serialize(own));
}

std::string_view etag_in(const JsonObject& document) {
  const JsonObject* metadata = xdm::object_member(document, "meta:registryMetadata");
  return metadata != nullptr ? xdm::text_member(*metadata, "eTag") : std::string_view();
}

Status check_id(std::string_view id) {
  if (id.empty()) {
    return fail(codes::schema_invalid, "\"$id\" is missing: a global resource brings its own, e.g. \"{}\".",
                xdm::record_behavior);
  }
  const auto is_wrong = [](unsigned char c) { return c <= ' ' || c == 0x7f || c == '#' || c == '"'; };
  const bool has_scheme = std::isalpha(static_cast<unsigned char>(id.front())) != 0 && id.find(':') < id.size() - 1;
  if (id.size() <= id_bytes_max && has_scheme && std::ranges::none_of(id, is_wrong)) return {};
  return fail(codes::schema_invalid,
              "\"$id\" is \"{}\"; expected an absolute URI of at most {} bytes without fragment, e.g. \"{}\".",
              id.substr(0, id_bytes_max), id_bytes_max, xdm::record_behavior);
}

// What says something about the document alone; all else, such as a ledger that does not answer, ends the import.
bool is_refusal(const Error& error) {
  return error.kind() == ErrorKind::invalid || error.kind() == ErrorKind::conflict ||
         error.kind() == ErrorKind::not_found || error.kind() == ErrorKind::too_large;
}

// One call's work.
class Preparation {
 public:
  Preparation(ReadTx& ledger, const Author& author, std::span<const ImportDocument> documents, Millis now)
      : ledger_(ledger),
        author_(author),
        documents_(documents),
        now_(now),
        library_(ledger, author.scope),
        entries_(documents.size()) {}

  Result<std::vector<ImportEntry>> run();

 private:
  Status settle(const std::vector<size_t>& group);
  Status compare_with_stored(ImportEntry& entry, std::string_view etag);
  Status fill(ImportEntry& entry, const ImportDocument& source);
  Status check(const ImportEntry& entry);
  Status check_references(const Resource& resource);
  Result<ResourceId> class_of_schema(const Resource& resource);
  Status refuse(ImportEntry& entry, const Error& error);
  Status refuse_circle(const std::vector<size_t>& group);

  ReadTx& ledger_;
  const Author& author_;
  const std::span<const ImportDocument> documents_;
  const Millis now_;
  Library library_;
  std::vector<ImportEntry> entries_;
  std::set<std::string, std::less<>> refused_;
};

Status Preparation::refuse(ImportEntry& entry, const Error& error) {
  if (!is_refusal(error)) return std::unexpected(error);
  entry.outcome = ImportOutcome::refused;
  entry.reason = error;
  refused_.insert(entry.resource.id.text());
  return {};
}

// Sets the outcome from what there is under the ids: a row of the ledger, a built-in resource, or nothing.
Status Preparation::compare_with_stored(ImportEntry& entry, std::string_view etag) {
  Resource& resource = entry.resource;
  resource.version = "1.0";
  entry.created = now_;
  const auto row = ledger::find_resource(ledger_, author_.scope, resource.id.text());
  if (!row) {
    if (row.error().kind() != ErrorKind::not_found) return std::unexpected(row.error());
    const auto other = ledger::find_resource(ledger_, author_.scope, resource.alt_id);
    if (other) {
      return fail(codes::conflict, "Its meta:altId would be \"{}\", as that of \"{}\" is.", resource.alt_id, other->id);
    }
    if (other.error().kind() != ErrorKind::not_found) return std::unexpected(other.error());
    entry.outcome =
        xdm::find_core_resource(resource.id.text()) != nullptr ? ImportOutcome::replaced : ImportOutcome::created;
    return {};
  }
  LG_ASSIGN(const Resource stored, from_row(*row));
  if (stored.container != Container::global) {
    return fail(codes::conflict, "The sandbox has a resource of its own under this $id, \"{}\" ({}).", stored.title,
                to_string(stored.type));
  }
  entry.stored_version = row->version;
  entry.created = row->created;
  const bool same = stored.type == resource.type && etag_in(stored.document) == etag;
  entry.outcome = same ? ImportOutcome::unchanged : ImportOutcome::updated;
  resource.version = same ? stored.version : fmt::format("1.{}", row->version + 1);
  return {};
}

// The document as it is stored: its own members behind those that the registry sets.
Status Preparation::fill(ImportEntry& entry, const ImportDocument& source) {
  Resource& resource = entry.resource;
  const std::string etag = etag_of(source.document);
  LG_TRY(compare_with_stored(entry, etag));
  JsonObject& document = resource.document;
  document = {{"$id", resource.id.text()},
              {"meta:altId", resource.alt_id},
              {"meta:resourceType", to_string(resource.type)},
              {"version", resource.version}};
  for (const auto& [name, value] : source.document) {
    if (!is_set_by_import(name)) document[name] = value;
  }
  document["meta:containerId"] = to_string(Container::global);
  document["meta:tenantNamespace"] = "_xdm";
  if (xdm::text_member(document, "type") == "object") document.emplace("meta:xdmType", "object");
  document["meta:registryMetadata"] = {
      {"repo:createdDate", entry.created}, {"repo:lastModifiedDate", now_}, {"eTag", etag}};
  return {};
}

Status Preparation::check_references(const Resource& resource) {
  for (const std::string& id : xdm::references(resource.document)) {
    LG_ASSIGN(const Resource* target, library_.find(id));
    if (target == nullptr && refused_.contains(id)) {
      return fail(codes::schema_reference_unknown, "It refers to \"{}\", which was refused in this import.", id);
    }
    if (target == nullptr) {
      return fail(codes::schema_reference_unknown,
                  "It refers to \"{}\", which does not exist. Import that resource too, or correct the $ref.", id);
    }
    if (target->container == Container::global) continue;
    return fail(codes::schema_invalid,
                "It refers to \"{}\", one of your tenant's {}; a global resource can refer to global ones only.", id,
                to_string(target->type));
  }
  return {};
}

Status Preparation::check(const ImportEntry& entry) {
  LG_TRY(check_form(entry.resource.type, entry.resource.document));
  LG_TRY(check_references(entry.resource));
  LG_ASSIGN(const xdm::ResolvedSchema resolved, library_.resolve(entry.resource.document));
  return check_table(resolved);
}

// The stated one, or the class that `allOf` names; a ready-made schema may rest on a behaviour alone.
Result<ResourceId> Preparation::class_of_schema(const Resource& resource) {
  if (resource.type != ResourceType::schemas) return ResourceId();
  if (const std::string_view stated = xdm::text_member(resource.document, "meta:class"); !stated.empty()) {
    return ResourceId(std::string(stated));
  }
  auto only = class_of(library_, resource.document);
  if (!only && is_refusal(only.error())) return ResourceId();
  return only;
}

Status Preparation::refuse_circle(const std::vector<size_t>& group) {
  const auto refused = std::ranges::find_if(group, [&](size_t at) { return entries_[at].reason.has_value(); });
  if (refused == group.end()) return {};
  const std::string& cause = entries_[*refused].resource.id.text();
  for (const size_t at : group) {
    if (entries_[at].outcome != ImportOutcome::unchanged) library_.forget(entries_[at].resource.id);
    if (entries_[at].reason || entries_[at].outcome == ImportOutcome::unchanged) continue;
    LG_TRY(refuse(entries_[at], Error{.code = &codes::schema_reference_unknown,
                                      .message = fmt::format("It refers to \"{}\" and is referred to by it; that one "
                                                             "was refused in this import.",
                                                             cause)}));
  }
  return {};
}

// Documents that refer to each other come in together or not at all.
Status Preparation::settle(const std::vector<size_t>& group) {
  const xdm::Lookup lookup = [&](std::string_view id) -> const JsonObject* {
    const auto own =
        std::ranges::find_if(group, [&](size_t at) { return xdm::text_member(documents_[at].document, "$id") == id; });
    if (own != group.end()) return &documents_[*own].document;
    const auto found = library_.find(id);  // what cannot be read is met again by resolving
    return found && *found != nullptr ? &(*found)->document : nullptr;
  };
  for (const size_t at : group) {
    ImportEntry& entry = entries_[at];
    const ImportDocument& source = documents_[at];
    entry.resource.type =
        source.type ? *source.type : *parse_resource_type(xdm::resource_type_of(source.document, "", lookup));
    const Status filled = fill(entry, source);
    if (!filled) {
      LG_TRY(refuse(entry, filled.error()));
    } else if (entry.outcome != ImportOutcome::unchanged) {
      library_.pretend(entry.resource);
    }
  }
  for (const size_t at : group) {
    ImportEntry& entry = entries_[at];
    if (entry.reason || entry.outcome == ImportOutcome::unchanged) continue;
    const Status fine = check(entry);
    if (!fine) LG_TRY(refuse(entry, fine.error()));
    LG_ASSIGN(entry.class_id, class_of_schema(entry.resource));
  }
  return refuse_circle(group);
}

Result<std::vector<ImportEntry>> Preparation::run() {
  std::vector<const JsonObject*> usable;
  std::vector<size_t> places;
  std::set<std::string_view> ids;
  std::set<std::string_view> alt_ids;
  for (size_t at = 0; at < documents_.size(); ++at) {
    Resource& resource = entries_[at].resource;
    const std::string_view id = xdm::text_member(documents_[at].document, "$id");
    resource.container = Container::global;
    resource.title = xdm::text_member(documents_[at].document, "title");
    if (documents_[at].type) resource.type = *documents_[at].type;
    if (!id.empty() && !ids.insert(id).second)
      return fail(codes::invalid_argument, "Two of the documents have the $id \"{}\".", id);
    resource.id = ResourceId(std::string(id));
    if (const Status fine = check_id(id); !fine) {
      LG_TRY(refuse(entries_[at], fine.error()));
      continue;
    }
    resource.alt_id = alt_id_of(id);
    if (!alt_ids.insert(resource.alt_id).second) {
      const Error twin{.code = &codes::conflict,
                       .message = fmt::format("Its meta:altId would be \"{}\", as that of another document of this "
                                              "request.",
                                              resource.alt_id)};
      LG_TRY(refuse(entries_[at], twin));
      continue;
    }
    usable.push_back(&documents_[at].document);
    places.push_back(at);
  }
  for (std::vector<size_t> group : xdm::dependency_order(usable)) {
    for (size_t& member : group) member = places[member];
    LG_TRY(settle(group));
  }
  return std::move(entries_);
}

Result<bool> is_as_prepared(ReadTx& ledger, const Author& author, const ImportEntry& entry) {
  const auto row = ledger::find_resource(ledger, author.scope, entry.resource.id.text());
  if (!row && row.error().kind() != ErrorKind::not_found) return std::unexpected(row.error());
  const auto version = row ? std::optional(row->version) : std::nullopt;
  return version == entry.stored_version;
}

Status store(Tx& ledger, const Author& author, const ImportEntry& entry, Millis now) {
  const Resource& resource = entry.resource;
  ledger::Resource row{.id = resource.id,
                       .alt_id = resource.alt_id,
                       .scope = author.scope,
                       .container = std::string(to_string(resource.container)),
                       .type = std::string(to_string(resource.type)),
                       .title = resource.title,
                       .class_id = entry.class_id.text(),
                       .document = boost::json::serialize(resource.document),
                       .version = entry.stored_version ? *entry.stored_version + 1 : 0,
                       .created = entry.created,
                       .updated = now,
                       .created_user = author.user_id,
                       .created_client = author.client_id,
                       .updated_user = author.user_id,
                       .updated_client = author.client_id};
  if (!entry.stored_version) return ledger::insert_resource(ledger, row);
  LG_ASSIGN(const ledger::Resource stored, ledger::find_resource(ledger, author.scope, resource.id.text()));
  if (stored.type == row.type) return ledger::update_resource(ledger, row, *entry.stored_version);
  // A row's type is fixed.
  row.created_user = stored.created_user;
  row.created_client = stored.created_client;
  LG_TRY(ledger::delete_resource(ledger, author.scope, resource.id));
  return ledger::insert_resource(ledger, row);
}

}  // namespace

std::string_view to_string(ImportOutcome outcome) {
  switch (outcome) {
    case ImportOutcome::created: return "created";
    case ImportOutcome::replaced: return "replaced";
    case ImportOutcome::updated: return "updated";
    case ImportOutcome::unchanged: return "unchanged";
    case ImportOutcome::refused: return "refused";
  }
  return "";
}

Result<std::vector<ImportEntry>> prepare_import(ReadTx& ledger, const Author& author,
                                                std::span<const ImportDocument> documents, Millis now) {
  if (documents.size() > import_documents_max) {
    return fail(codes::invalid_argument, "There are {} documents; at most {} can come in one request.",
                documents.size(), import_documents_max);
  }
  return Preparation(ledger, author, documents, now).run();
}

Status store_import(Tx& ledger, const Author& author, std::span<const ImportEntry> entries, Millis now) {
  for (const ImportEntry& entry : entries) {
    if (entry.outcome == ImportOutcome::refused || entry.outcome == ImportOutcome::unchanged) continue;
    LG_ASSIGN(const bool as_prepared, is_as_prepared(ledger, author, entry));
    if (!as_prepared) {
      return fail(codes::conflict, "\"{}\" was changed by someone else meanwhile. Send the import again.",
                  entry.resource.id);
    }
    LG_TRY(store(ledger, author, entry, now));
    LG_TRY(record_import(ledger, author, entry.resource, to_string(entry.outcome), now));
  }
  return {};
}

}  // namespace lakegate::registry
