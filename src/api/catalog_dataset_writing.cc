#include "api/catalog_dataset_writing.h"

#include <boost/json/object.hpp>

#include <optional>
#include <utility>

#include "api/answer_once.h"
#include "api/catalog_answer.h"
#include "api/catalog_dataset_reading.h"
#include "api/catalog_operations.h"
#include "base/ascii.h"
#include "base/crash_point.h"
#include "catalog/dataset_creation.h"
#include "catalog/dataset_deletion.h"
#include "ledger/datasets.h"
#include "ledger/resource_references.h"
#include "model/error_codes.h"
#include "registry/registry.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

// A change that nobody made conditional is tried again on what another one left.
constexpr int attempts_max = 10;

catalog::Author author_of(const auth::Identity& identity) {
  return {.scope = identity.scope,
          .user = identity.user_id,
          .client = identity.client_id.text(),
          .request_id = identity.request_id,
          .trace = identity.trace};
}

struct FoundSchema {
  xdm::ResolvedSchema schema;
  int64_t registry_changes = 0;  // in the same view of the ledger
};

// In a body an unknown schema is a wrong member, not a wrong address.
std::unexpected<Error> no_schema(const Error& error) {
  if (error.kind() != ErrorKind::not_found) return std::unexpected(error);
  return fail(codes::schema_reference_unknown, "Member schemaRef.id: {}", error.message);
}

Result<FoundSchema> resolve(ReadTx& tx, const Scope& scope, const ResourceId& id) {
  LG_ASSIGN(const int64_t changes, ledger::registry_change_count(tx, scope));
  auto schema = registry::resolve_schema(tx, scope, id);
  if (!schema) return no_schema(schema.error());
  return FoundSchema{*std::move(schema), changes};
}

Status check_table_name_is_free(ReadTx& tx, const Sight& sight, const Dataset& dataset) {
  const auto found = ledger::find_dataset_by_table(tx, sight, dataset.table_name);
  if (!found) return found.error().kind() == ErrorKind::not_found ? Status() : std::unexpected(found.error());
  return fail(codes::dataset_name_taken, "The table name \"{}\" is that of dataset {} (\"{}\").", dataset.table_name,
              found->id, found->name);
}

Result<http::Response> answer_validated(const CatalogRoutes& parts, const Sight& sight,
                                        const catalog::DatasetDraft& draft) {
  if (draft.table_name_given)
    LG_TRY(parts.ledger.read([&](ReadTx& tx) { return check_table_name_is_free(tx, sight, draft.dataset); }));
  return answer_unchanged();
}

Result<std::optional<ledger::StoredAnswer>> find_kept(const CatalogRoutes& parts, const Scope& scope,
                                                      const IdempotencyKey& key) {
  if (key.text.empty()) return std::nullopt;
  return parts.ledger.read([&](ReadTx& tx) { return ledger::find_answer(tx, scope, key.text, key.request_hash); });
}

Result<json::value> read_change(const http::Request& request) {
  LG_ASSIGN(json::value body, parse_catalog_body(request));
  const std::string type = ascii::lower(request.header("Content-Type").value_or(""));
  if (type.find("json-patch+json") == std::string::npos || body.is_array()) return body;
  return fail(codes::invalid_argument, "The body is no array; a JSON Patch is an array of operations (RFC 6902).");
}

std::string name_of(const Dataset& dataset) { return fmt::format("dataset {}", dataset.id); }

// What the dataset becomes, by one reading of it.
Result<Dataset> prepare_change(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                               const auth::Identity& identity, const json::value& change, catalog::ChangeForm form) {
  LG_ASSIGN(ShownDataset found, find_dataset(tx, parts, DatasetId(request.path_parameter("id")), identity));
  LG_TRY(check_conditions(request, found.dataset.version, found.dataset.updated, name_of(found.dataset)));
  LG_ASSIGN(const json::object document, catalog::change_document(std::move(found.shown), change, form));
  LG_ASSIGN(const catalog::DatasetFields fields, catalog::read_dataset_fields(document));
  return catalog::with_fields(std::move(found.dataset), fields);
}

template <catalog::ChangeForm form>
Result<http::Response> change_in(Tx& tx, const CatalogRoutes& parts, const http::Request& request,
                                 const auth::Identity& identity) {
  LG_ASSIGN(const json::value change, read_change(request));
  LG_ASSIGN(Dataset wanted, prepare_change(tx, parts, request, identity, change, form));
  if (wants_validation_only(request)) return answer_unchanged();
  LG_ASSIGN(const Dataset stored,
            catalog::store_change(tx, std::move(wanted), author_of(identity), parts.clock.now_ms()));
  return answer_changed("dataSets", stored.id.text(), stored.version);
}

Result<catalog::DatasetFields> read_new(const http::Request& request) {
  LG_ASSIGN(const json::value body, parse_catalog_body(request));
  if (body.is_object()) return catalog::read_dataset_fields(body.get_object());
  return fail(codes::invalid_argument, "The body is no JSON object; expected one with name and schemaRef.");
}

ledger::StoredAnswer created(const DatasetId& id) {
  return {.status = 201, .location = fmt::format("{}/dataSets/{}", catalog_root, id), .body = dataset_reference(id)};
}

Result<http::Response> create_in(Tx& tx, const CatalogRoutes& parts, const http::Request& request,
                                 const auth::Identity& identity) {
  LG_ASSIGN(const catalog::DatasetFields fields, read_new(request));
  LG_ASSIGN(const FoundSchema found, resolve(tx, identity.scope, fields.schema_id));
  const catalog::Author author = author_of(identity);
  LG_ASSIGN(catalog::DatasetDraft draft,
            catalog::prepare_dataset(fields, found.schema, author, parts.clock.now_ms(), parts.random));
  draft.registry_changes = found.registry_changes;
  if (wants_validation_only(request)) return answer_unchanged();
  LG_ASSIGN(const Dataset dataset, catalog::insert_dataset(tx, draft, author));
  return to_response(created(dataset.id));
}

// A dataset that is gone already was deleted by this request or an earlier one: the answer is the same.
Result<http::Response> answer_gone(ReadTx& tx, const Sight& sight, const DatasetId& id) {
  const auto former = ledger::get_dataset(tx, id);
  const bool was_here = former && former->scope == sight && sight.sees(id);
  if (!was_here) return answer_unchanged();
  return http::Response::text(200, "application/json", dataset_reference(id));
}

Result<http::Response> delete_in(Tx& tx, const CatalogRoutes& parts, const http::Request& request,
                                 const auth::Identity& identity) {
  const DatasetId id(request.path_parameter("id"));
  const auto dataset = ledger::find_dataset(tx, identity.scope, id);
  if (!dataset && dataset.error().kind() == ErrorKind::not_found) return answer_gone(tx, identity.scope, id);
  if (!dataset) return std::unexpected(dataset.error());
  LG_TRY(check_conditions(request, dataset->version, dataset->updated, name_of(*dataset)));
  if (wants_validation_only(request)) return answer_unchanged();
  LG_TRY(catalog::mark_deleted(tx, id, std::nullopt, author_of(identity), parts.clock.now_ms()));
  return http::Response::text(200, "application/json", dataset_reference(id));
}

constexpr CatalogWrite writes[] = {
    {"POST", "/dataSets", {Right::manage, Reach::sandbox}, create_in},
    {"PUT", "/dataSets/{id}", Right::manage, change_in<catalog::ChangeForm::replace>},
    {"PATCH", "/dataSets/{id}", Right::manage, change_in<catalog::ChangeForm::merge>},
    {"PATCH", "/v2/dataSets/{id}", Right::manage, change_in<catalog::ChangeForm::deep_merge>},
    {"DELETE", "/dataSets/{id}", Right::manage, delete_in},
};

}  // namespace

std::span<const CatalogWrite> dataset_writes() { return writes; }

Result<http::Response> create_dataset(const CatalogRoutes& parts, const http::Request& request,
                                      const auth::Identity& identity) {
  LG_ASSIGN(const IdempotencyKey key, read_idempotency_key(request, "create dataset"));
  LG_ASSIGN(auto kept, find_kept(parts, identity.scope, key));
  if (kept) return to_response(*std::move(kept));

  LG_ASSIGN(const catalog::DatasetFields fields, read_new(request));
  const Millis now = parts.clock.now_ms();
  const catalog::Author author = author_of(identity);
  const auto prepare = [&]() -> Result<catalog::DatasetDraft> {
    LG_ASSIGN(const FoundSchema found,
              parts.ledger.read([&](ReadTx& tx) { return resolve(tx, identity.scope, fields.schema_id); }));
    LG_ASSIGN(catalog::DatasetDraft draft, catalog::prepare_dataset(fields, found.schema, author, now, parts.random));
    draft.registry_changes = found.registry_changes;
    return draft;
  };
  for (int attempt = 1;; ++attempt) {
    LG_ASSIGN(const catalog::DatasetDraft draft, parts.resolutions.run(prepare));
    if (wants_validation_only(request)) return answer_validated(parts, identity.scope, draft);

    const auto work = [&](Tx& tx) -> Result<ledger::StoredAnswer> {
      LG_ASSIGN(const Dataset dataset, catalog::insert_dataset(tx, draft, author));
      return created(dataset.id);
    };
    auto answer = answer_once(parts.ledger, identity.scope, key, now, work);
    const bool overtaken = !answer && answer.error().code == &codes::conflict;
    if (overtaken && attempt < attempts_max) continue;
    if (!answer) return std::unexpected(answer.error());
    crash_point("dataset.created");
    return to_response(*std::move(answer));
  }
}

Result<http::Response> change_dataset(const CatalogRoutes& parts, const http::Request& request,
                                      const auth::Identity& identity, catalog::ChangeForm form) {
  LG_ASSIGN(const json::value change, read_change(request));
  const bool conditional = request.header("If-Match").has_value();
  for (int attempt = 1;; ++attempt) {
    LG_ASSIGN(const Dataset wanted, parts.ledger.read([&](ReadTx& tx) {
      return prepare_change(tx, parts, request, identity, change, form);
    }));
    if (wants_validation_only(request)) return answer_unchanged();
    const Result<Dataset> stored = parts.ledger.write(
        [&](Tx& tx) { return catalog::store_change(tx, wanted, author_of(identity), parts.clock.now_ms()); });
    if (stored) return answer_changed("dataSets", stored->id.text(), stored->version);
    const bool overtaken = stored.error().code->id == codes::precondition_failed.id;
    if (conditional || !overtaken || attempt == attempts_max) return std::unexpected(stored.error());
  }
}

Result<http::Response> delete_dataset(const CatalogRoutes& parts, const http::Request& request,
                                      const auth::Identity& identity) {
  const DatasetId id(request.path_parameter("id"));
  std::optional<http::Response> answer;
  LG_TRY(parts.ledger.write([&](Tx& tx) -> Status {
    LG_ASSIGN(answer, delete_in(tx, parts, request, identity));
    return {};
  }));
  const auto deleted = parts.ledger.read([&](ReadTx& tx) { return ledger::get_dataset(tx, id); });
  const catalog::DatasetDeletion deletion{
      .ledger = parts.ledger, .clock = parts.clock, .reader_grace = parts.reader_grace};
  if (deleted && deleted->deleted && deleted->scope == identity.scope) catalog::finish_deletion(deletion, id);
  return *std::move(answer);
}

}  // namespace lakegate::api
