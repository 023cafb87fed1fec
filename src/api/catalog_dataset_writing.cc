#include "api/catalog_dataset_writing.h"

#include <boost/json/object.hpp>

#include <optional>
#include <utility>

#include "api/answer_once.h"
#include "api/catalog_answer.h"
#include "api/catalog_dataset_reading.h"
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
  return {.scope = identity.scope, .user = identity.user_id, .client = identity.client_id.text()};
}

struct FoundSchema {
  xdm::ResolvedSchema schema;
  int64_t registry_changes = 0;  // in the same view of the ledger
};

// In a body an unknown schema is a wrong member, not a wrong address.
Result<FoundSchema> resolve(const CatalogRoutes& parts, const Scope& scope, const ResourceId& id) {
  auto resolved = parts.ledger.read([&](ReadTx& tx) -> Result<FoundSchema> {
    LG_ASSIGN(const int64_t changes, ledger::registry_change_count(tx, scope));
    LG_ASSIGN(xdm::ResolvedSchema schema, registry::resolve_schema(tx, scope, id));
    return FoundSchema{std::move(schema), changes};
  });
  if (resolved || resolved.error().kind() != ErrorKind::not_found) return resolved;
  return fail(codes::schema_reference_unknown, "Member schemaRef.id: {}", resolved.error().message);
}

Status check_table_name_is_free(ReadTx& tx, const Dataset& dataset) {
  const auto found = ledger::find_dataset_by_table(tx, dataset.scope, dataset.table_name);
  if (!found) return found.error().kind() == ErrorKind::not_found ? Status() : std::unexpected(found.error());
  return fail(codes::dataset_name_taken, "The table name \"{}\" is that of dataset {} (\"{}\").", dataset.table_name,
              found->id, found->name);
}

Result<http::Response> answer_validated(const CatalogRoutes& parts, const catalog::DatasetDraft& draft) {
  if (draft.table_name_given)
    LG_TRY(parts.ledger.read([&](ReadTx& tx) { return check_table_name_is_free(tx, draft.dataset); }));
  return http::Response::text(200, "application/json", "[]");
}

Result<std::optional<ledger::StoredAnswer>> find_kept(const CatalogRoutes& parts, const Scope& scope,
                                                      const IdempotencyKey& key) {
  if (key.text.empty()) return std::nullopt;
  return parts.ledger.read([&](ReadTx& tx) { return ledger::find_answer(tx, scope, key.text, key.request_hash); });
}

http::Response changed(const Dataset& dataset) {
  auto response = http::Response::text(200, "application/json", dataset_reference(dataset.id));
  response.headers.set("ETag", fmt::format("\"{}\"", version_text(dataset.version)));
  return response;
}

std::unexpected<Error> stale(const http::Request& request, const Dataset& dataset) {
  return fail(codes::precondition_failed, "If-Match is {}; dataset {} has version {}. Read it again.",
              request.header("If-Match").value_or("").substr(0, 200), dataset.id, version_text(dataset.version));
}

Result<json::value> read_change(const http::Request& request) {
  LG_ASSIGN(json::value body, parse_catalog_body(request));
  const std::string type = ascii::lower(request.header("Content-Type").value_or(""));
  if (type.find("json-patch+json") == std::string::npos || body.is_array()) return body;
  return fail(codes::invalid_argument, "The body is no array; a JSON Patch is an array of operations (RFC 6902).");
}

// What the dataset becomes, by one reading of it.
Result<Dataset> prepare_change(const CatalogRoutes& parts, const http::Request& request, const auth::Identity& identity,
                               const json::value& change, catalog::ChangeForm form) {
  const DatasetId id(request.path_parameter("id"));
  LG_ASSIGN(ShownDataset found, parts.ledger.read([&](ReadTx& tx) { return find_dataset(tx, parts, id, identity); }));
  if (!if_match_holds(request, found.dataset.version, found.dataset.updated)) return stale(request, found.dataset);
  LG_ASSIGN(const json::object document, catalog::change_document(std::move(found.shown), change, form));
  LG_ASSIGN(const catalog::DatasetFields fields, catalog::read_dataset_fields(document));
  return catalog::with_fields(std::move(found.dataset), fields);
}

}  // namespace

Result<http::Response> create_dataset(const CatalogRoutes& parts, const http::Request& request,
                                      const auth::Identity& identity) {
  LG_ASSIGN(const IdempotencyKey key, read_idempotency_key(request, "create dataset"));
  LG_ASSIGN(auto kept, find_kept(parts, identity.scope, key));
  if (kept) return to_response(*std::move(kept));

  LG_ASSIGN(const json::value body, parse_catalog_body(request));
  if (!body.is_object())
    return fail(codes::invalid_argument, "The body is no JSON object; expected one with name and schemaRef.");
  LG_ASSIGN(const catalog::DatasetFields fields, catalog::read_dataset_fields(body.get_object()));
  const Millis now = parts.clock.now_ms();
  const catalog::Author author = author_of(identity);
  const auto prepare = [&]() -> Result<catalog::DatasetDraft> {
    LG_ASSIGN(const FoundSchema found, resolve(parts, identity.scope, fields.schema_id));
    LG_ASSIGN(catalog::DatasetDraft draft, catalog::prepare_dataset(fields, found.schema, author, now, parts.random));
    draft.registry_changes = found.registry_changes;
    return draft;
  };
  for (int attempt = 1;; ++attempt) {
    LG_ASSIGN(const catalog::DatasetDraft draft, parts.resolutions.run(prepare));
    if (wants_validation_only(request)) return answer_validated(parts, draft);

    const auto work = [&](Tx& tx) -> Result<ledger::StoredAnswer> {
      LG_ASSIGN(const Dataset dataset, catalog::insert_dataset(tx, draft, author));
      return ledger::StoredAnswer{.status = 201,
                                  .location = fmt::format("{}/dataSets/{}", catalog_root, dataset.id),
                                  .body = dataset_reference(dataset.id)};
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
    LG_ASSIGN(const Dataset wanted, prepare_change(parts, request, identity, change, form));
    if (wants_validation_only(request)) return http::Response::text(200, "application/json", "[]");
    const Result<Dataset> stored = parts.ledger.write(
        [&](Tx& tx) { return catalog::store_change(tx, wanted, author_of(identity), parts.clock.now_ms()); });
    if (stored) return changed(*stored);
    const bool overtaken = stored.error().code->id == codes::precondition_failed.id;
    if (conditional || !overtaken || attempt == attempts_max) return std::unexpected(stored.error());
  }
}

Result<http::Response> delete_dataset(const CatalogRoutes& parts, const http::Request& request,
                                      const auth::Identity& identity) {
  const DatasetId id(request.path_parameter("id"));
  std::optional<int64_t> expected_version;
  if (request.header("If-Match")) {
    LG_ASSIGN(const Dataset dataset,
              parts.ledger.read([&](ReadTx& tx) { return ledger::find_dataset(tx, identity.scope, id); }));
    if (!if_match_holds(request, dataset.version, dataset.updated)) return stale(request, dataset);
    expected_version = dataset.version;
  }
  const catalog::DatasetDeletion deletion{
      .ledger = parts.ledger, .clock = parts.clock, .reader_grace = parts.reader_grace};
  LG_TRY(catalog::delete_dataset(deletion, id, expected_version, author_of(identity)));
  return http::Response::text(200, "application/json", dataset_reference(id));
}

}  // namespace lakegate::api
