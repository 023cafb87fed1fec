#include "registry/change.h"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

#include "ledger/audit.h"
#include "ledger/descriptors.h"
#include "ledger/orgs.h"
#include "model/error_codes.h"
#include "registry/completion.h"
#include "registry/descriptor_fields.h"
#include "registry/descriptors.h"
#include "registry/library.h"
#include "registry/record.h"
#include "registry/rules.h"

namespace lakegate::registry {
namespace {

using xdm::JsonObject;

constexpr int64_t named_referrers_max = 5;

// The stored row of a tenant's resource of this type.
Result<ledger::Resource> find_row(ReadTx& ledger, const Scope& scope, ResourceType type, std::string_view id) {
  auto row = ledger::find_resource(ledger, scope, id);
  if (!row && row.error().kind() != ErrorKind::not_found) return row;
  if (row && row->container == to_string(Container::tenant) && row->type == to_string(type)) return row;
  return fail(codes::schema_not_found, "There is no resource \"{}\" among the {} of the tenant container.", id,
              to_string(type));
}

Status check_condition(const Condition& condition, const Resource& stored) {
  if (!condition || condition(etag_of(stored.document))) return {};
  return fail(codes::precondition_failed,
              "\"{}\" has the eTag \"{}\" (version {}); If-Match names another. Read it again.", stored.id,
              etag_of(stored.document), stored.version);
}

// What is in use only grows; what is not may become anything.
class Preparation {
 public:
  Preparation(ReadTx& ledger, const Author& author, Millis now)
      : ledger_(ledger), author_(author), now_(now), before_(ledger, author.scope), after_(ledger, author.scope) {}

  Result<Change> run(const ChangeRequest& request);

 private:
  Status check_document(const JsonObject& own);
  Status settle(const Resource& stored, JsonObject own);
  Status follow(const ledger::Referrer& affected);
  Status follow_schema(const ResourceId& id, const xdm::ResolvedSchema& next);
  Status check_descriptors(const ResourceId& id, const xdm::ResolvedSchema& next);
  Status check_union(const ResourceId& id, const xdm::ResolvedSchema& next);
  Status rewrite(const Resource& resource, const xdm::ResolvedSchema& resolved);

  ReadTx& ledger_;
  const Author& author_;
  const Millis now_;
  Library before_;
  Library after_;
  ledger::Sandbox sandbox_;
  Change change_;
  size_t move_bytes_ = 0;
};

Status Preparation::check_document(const JsonObject& own) {
  LG_TRY(check_no_nulls(own));
  // What a patch makes of a document must be readable again.
  LG_TRY(xdm::parse_document(boost::json::serialize(own)));
  LG_TRY(check_members(after_, change_.resource.type, own));
  return check_namespace(change_.resource.type, own, author_.tenant);
}

Status check_tags_stay(const Resource& stored, const JsonObject& own) {
  if (!has_immutable_tag(stored.document, union_tag) || has_immutable_tag(own, union_tag)) return {};
  return fail(codes::schema_breaks_data,
              "/meta:immutableTags no longer holds \"union\". Once set, that tag stays; make a new schema without it.");
}

// The resource as it becomes, tried on the library.
Status Preparation::settle(const Resource& stored, JsonObject own) {
  LG_TRY(check_tags_stay(stored, own));
  LG_TRY(check_document(own));
  Resource& resource = change_.resource;
  resource.title = xdm::text_member(own, "title");
  resource.version = fmt::format("1.{}", change_.former_version + 1);
  LG_ASSIGN(const auto titled, ledger::find_tenant_resource_by_title(ledger_, author_.scope, resource.title));
  if (titled && titled->id != resource.id) {
    return fail(codes::schema_title_taken,
                "The title \"{}\" is taken by \"{}\" ({}). Titles are unique in a sandbox, whatever the type.",
                resource.title, titled->id, titled->type);
  }
  ResourceId class_id;
  if (resource.type == ResourceType::schemas) {
    LG_ASSIGN(class_id, class_of(after_, own));
  }
  resource.document = std::move(own);
  resource.document["$id"] = resource.id.text();
  after_.pretend(resource);
  LG_ASSIGN(const xdm::ResolvedSchema resolved, after_.resolve(resource.document));
  LG_TRY(check_table(resolved));
  const ledger::Resource& row = change_.row;
  const Stamp stamp{.created = row.created,
                    .created_user = row.created_user,
                    .created_client = row.created_client,
                    .changed = now_,
                    .changed_user = author_.user_id,
                    .changed_client = author_.client_id};
  complete(resource, author_, sandbox_, stamp, class_id, resolved);
  after_.pretend(resource);
  change_.row.title = resource.title;
  change_.row.class_id = class_id.text();
  change_.row.document = boost::json::serialize(resource.document);
  change_.row.version = change_.former_version + 1;
  change_.row.updated = now_;
  change_.row.updated_user = author_.user_id;
  change_.row.updated_client = author_.client_id;
  return {};
}

// A schema that the Profile may have data of elsewhere.
Status Preparation::check_union(const ResourceId& id, const xdm::ResolvedSchema& next) {
  LG_ASSIGN(const Resource* former, before_.find(id.text()));
  if (former == nullptr || !has_immutable_tag(former->document, union_tag)) return {};
  LG_ASSIGN(const xdm::ResolvedSchema before, before_.resolve(former->document));
  return check_grows(before, next, fmt::format("schema \"{}\" ({}), which has the tag \"union\"", former->title, id));
}

// A descriptor whose field goes would speak of nothing. One that did so before holds nobody up.
Status Preparation::check_descriptors(const ResourceId& id, const xdm::ResolvedSchema& next) {
  LG_ASSIGN(const std::vector<LostField> lost, fields_lost(ledger_, author_.scope, id, next.tree));
  if (lost.empty()) return {};
  LG_ASSIGN(const Resource* former, before_.find(id.text()));
  if (former == nullptr) return {};
  LG_ASSIGN(const xdm::ResolvedSchema before, before_.resolve(former->document));
  for (const LostField& field : lost) {
    if (field_at(before.tree, field.path) == nullptr) continue;
    return fail(
        codes::schema_breaks_data,
        "\"{}\" ({}) would have no field at \"{}\", where descriptor {} ({}) is. Delete or move that one first.",
        former->title, id, field.path, field.descriptor, field.type);
  }
  return {};
}

Status Preparation::follow_schema(const ResourceId& id, const xdm::ResolvedSchema& next) {
  LG_TRY(check_union(id, next));
  LG_ASSIGN(std::vector<ledger::SchemaUser> datasets, ledger::users_of_schema(ledger_, author_.scope, id));
  if (datasets.empty()) return {};
  for (const ledger::SchemaUser& dataset : datasets) {
    LG_ASSIGN(std::optional<TableMove> move, plan_move(ledger_, dataset, next, now_));
    if (!move) continue;
    move_bytes_ += move->text_bytes();
    if (move_bytes_ > move_bytes_max) {
      return fail(
          codes::schema_invalid,
          "More datasets of large schemas would move along than one change can hold in memory ({} MB of schemas "
          "at most). Split the resource, or delete datasets that are not needed.",
          move_bytes_max >> 20);
    }
    change_.moves.push_back(*std::move(move));
  }
  change_.users.push_back({id, std::move(datasets)});
  return {};
}

// What a class rests on shows in the documents of its schemas too.
Status Preparation::rewrite(const Resource& resource, const xdm::ResolvedSchema& resolved) {
  const boost::json::array* extends = xdm::array_member(resolved.tree, "meta:extends");
  const boost::json::array* former = xdm::array_member(resource.document, "meta:extends");
  if (resource.container != Container::tenant || extends == nullptr || (former != nullptr && *former == *extends))
    return {};
  LG_ASSIGN(ledger::Resource row, ledger::find_resource(ledger_, author_.scope, resource.id.text()));
  JsonObject document = resource.document;
  document["meta:extends"] = *extends;
  row.document = boost::json::serialize(document);
  change_.rewritten.push_back(std::move(row));
  return {};
}

Status Preparation::follow(const ledger::Referrer& affected) {
  LG_ASSIGN(const Resource* resource, after_.find(affected.id.text()));
  if (resource == nullptr) return {};
  const bool is_itself = resource->id == change_.resource.id;
  const auto named = [&](const Error& error) -> Status {
    if (is_itself || error.code == &codes::schema_breaks_data) return std::unexpected(error);
    return fail(*error.code, "\"{}\" ({}) rests on it and would not be usable: {}", resource->id, resource->title,
                error.message);
  };
  if (!is_itself && resource->type == ResourceType::schemas) {
    if (const Status fits = check_members(after_, resource->type, resource->document); !fits)
      return named(fits.error());
  }
  const auto next = after_.resolve(resource->document);
  if (!next) return named(next.error());
  if (const Status fits = check_table(*next); !fits) return named(fits.error());
  LG_TRY(check_descriptors(resource->id, *next));
  if (!is_itself) LG_TRY(rewrite(*resource, *next));
  if (resource->type != ResourceType::schemas) return {};
  return follow_schema(resource->id, *next);
}

Result<Change> Preparation::run(const ChangeRequest& request) {
  LG_ASSIGN(change_.registry_changes, ledger::registry_change_count(ledger_, author_.scope));
  LG_ASSIGN(change_.row, find_row(ledger_, author_.scope, request.type, request.id));
  LG_ASSIGN(Resource stored, from_row(change_.row));
  LG_TRY(check_condition(request.condition, stored));
  LG_ASSIGN(const JsonObject wanted, request.edit(stored.document));
  JsonObject own = own_members(wanted);
  change_.resource = stored;
  if (own == own_members(stored.document)) return std::move(change_);

  change_.nothing_differs = false;
  change_.former_version = change_.row.version;
  LG_ASSIGN(sandbox_, ledger::get_sandbox(ledger_, author_.scope));
  LG_TRY(settle(stored, std::move(own)));
  LG_ASSIGN(change_.affected, ledger::affected_resources(ledger_, author_.scope, stored.id));
  if (stored.type == ResourceType::schemas) {
    const bool was_union = has_immutable_tag(stored.document, union_tag);
    const std::string_view former_class = xdm::text_member(stored.document, "meta:class");
    if (was_union && former_class != change_.row.class_id) {
      return fail(codes::schema_breaks_data,
                  "The class was \"{}\", would be \"{}\". A schema with the tag \"union\" keeps its class.",
                  former_class, change_.row.class_id);
    }
  }
  for (const ledger::Referrer& affected : change_.affected) LG_TRY(follow(affected));
  change_.former = std::move(stored.document);
  return std::move(change_);
}

bool same(const std::vector<ledger::Referrer>& a, const std::vector<ledger::Referrer>& b) {
  return std::ranges::equal(a, b, [](const ledger::Referrer& one, const ledger::Referrer& other) {
    return one.id == other.id && one.version == other.version;
  });
}

// Nothing that the preparation read is different now.
Status check_is_fresh(ReadTx& ledger, const Author& author, const Change& change) {
  const auto stale = [&] {
    return fail(codes::conflict, "What \"{}\" rests on or is used by was changed meanwhile. Send it again.",
                change.resource.id);
  };
  LG_ASSIGN(const int64_t changes, ledger::registry_change_count(ledger, author.scope));
  if (changes != change.registry_changes) return stale();
  LG_ASSIGN(const auto affected, ledger::affected_resources(ledger, author.scope, change.resource.id));
  if (!same(affected, change.affected)) return stale();
  for (const ledger::Referrer& one : affected) {
    if (one.type != to_string(ResourceType::schemas)) continue;
    LG_ASSIGN(const auto datasets, ledger::users_of_schema(ledger, author.scope, one.id));
    const auto prepared = std::ranges::find(change.users, one.id, &Change::Users::schema);
    const bool is_same = prepared == change.users.end() ? datasets.empty() : datasets == prepared->datasets;
    if (!is_same) return stale();
  }
  return {};
}

Status record_move(Tx& ledger, const Author& author, const Change& change, const TableMove& move, Millis now) {
  const JsonObject detail{{"resource", change.resource.id.text()},
                          {"resourceVersion", change.resource.version},
                          {"pinnedSchema", move.pinned.schema_version},
                          {"newFields", move.facts.size()}};
  return ledger::record_audit(ledger, {.org = author.scope.org,
                                       .at = now,
                                       .actor = author.user_id,
                                       .action = "dataset.schema",
                                       .subject = move.dataset.id.text(),
                                       .detail = boost::json::serialize(detail),
                                       .request_id = author.request_id});
}

Status check_no_referrer(ReadTx& ledger, const Scope& scope, const Resource& resource) {
  LG_ASSIGN(const auto found, ledger::referrers(ledger, scope, resource.id, resource.alt_id, named_referrers_max + 1));
  if (found.empty()) return {};
  std::string named;
  for (size_t i = 0; i < std::min<size_t>(found.size(), named_referrers_max); ++i) {
    named += fmt::format("{}\"{}\" ({}, {})", i == 0 ? "" : ", ", found[i].title, found[i].type, found[i].id);
  }
  return fail(codes::schema_in_use, "\"{}\" is referred to by {}{}. Delete or change these first.", resource.id, named,
              found.size() > named_referrers_max ? " and more" : "");
}

Status check_no_dataset(ReadTx& ledger, const Scope& scope, const Resource& resource) {
  for (const std::string_view id : {std::string_view(resource.id.text()), std::string_view(resource.alt_id)}) {
    LG_ASSIGN(const auto datasets, ledger::users_of_schema(ledger, scope, ResourceId(std::string(id))));
    if (datasets.empty()) continue;
    return fail(codes::schema_in_use, "\"{}\" is the schema of dataset \"{}\" ({}){}. Delete that first.", resource.id,
                datasets[0].name, datasets[0].id,
                datasets.size() > 1 ? fmt::format(" and of {} more", datasets.size() - 1) : "");
  }
  return {};
}

}  // namespace

Result<Change> prepare_change(ReadTx& ledger, const Author& author, const ChangeRequest& request, Millis now) {
  return Preparation(ledger, author, now).run(request);
}

Status store_change(Tx& ledger, const Author& author, const Change& change, Millis now) {
  if (change.nothing_differs) return {};
  LG_TRY(check_is_fresh(ledger, author, change));
  LG_TRY(ledger::update_resource(ledger, change.row, change.former_version));
  for (const ledger::Resource& row : change.rewritten) LG_TRY(ledger::update_resource(ledger, row, row.version));
  for (const TableMove& move : change.moves) {
    LG_TRY(store_move(ledger, move, now));
    LG_TRY(record_move(ledger, author, change, move, now));
  }
  return record_resource_act(ledger, author, change.resource, ResourceAct::update, change.former, now);
}

Status remove_resource(Tx& ledger, const Author& author, ResourceType type, std::string_view id,
                       const Condition& condition, Millis now) {
  LG_ASSIGN(const ledger::Resource row, find_row(ledger, author.scope, type, id));
  LG_ASSIGN(const Resource resource, from_row(row));
  LG_TRY(check_condition(condition, resource));
  LG_TRY(check_no_referrer(ledger, author.scope, resource));
  LG_TRY(check_no_dataset(ledger, author.scope, resource));
  if (has_immutable_tag(resource.document, union_tag)) {
    return fail(codes::schema_in_use, "\"{}\" has the tag \"union\", so it is part of a union and stays.", resource.id);
  }
  LG_TRY(ledger::delete_descriptors_of_schema(ledger, author.scope, resource.id));
  LG_TRY(ledger::delete_resource(ledger, author.scope, resource.id));
  return record_resource_act(ledger, author, resource, ResourceAct::remove, {}, now);
}

}  // namespace lakegate::registry
