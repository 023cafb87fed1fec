#include "api/schema_import.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "api/answer_once.h"
#include "base/crash_point.h"
#include "model/error_codes.h"
#include "registry/import.h"
#include "xdm/document.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;
using registry::ImportDocument;
using registry::ImportEntry;
using registry::ImportOutcome;

// Someone else's import of the same resources is rare, and ends.
constexpr int attempts_max = 5;
constexpr size_t levels_around_document = 3;

Result<json::array> parse_bundle(const http::Request& request) {
  json::parse_options options;
  options.max_depth = xdm::document_depth_max + levels_around_document;
  boost::system::error_code failed;
  json::value body = json::parse(request.body, failed, {}, options);
  json::object* object = body.if_object();
  json::value* resources = object != nullptr ? object->if_contains("resources") : nullptr;
  if (failed || resources == nullptr || !resources->is_array()) {
    return fail(codes::invalid_argument,
                "Expected a JSON object with `resources`, a list of objects with `document`{}.",
                failed ? fmt::format("; the body is not readable as JSON ({})", failed.message()) : "");
  }
  return std::move(resources->get_array());
}

Result<ImportDocument> read_document(json::value& value, size_t number) {
  json::object* object = value.if_object();
  json::value* document = object != nullptr ? object->if_contains("document") : nullptr;
  if (document == nullptr || !document->is_object()) {
    return fail(codes::invalid_argument, "Member resources[{}]: expected an object with `document`, an object.",
                number);
  }
  ImportDocument made{.type = std::nullopt, .document = std::move(document->get_object())};
  if (const json::value* type = object->if_contains("type"); type != nullptr && !type->is_null()) {
    made.type = registry::parse_resource_type(xdm::text_member(*object, "type"));
    if (!made.type) {
      return fail(codes::invalid_argument,
                  "Member resources[{}].type is {}; expected schemas, classes, fieldgroups, mixins, datatypes or "
                  "behaviors.",
                  number, json::serialize(*type).substr(0, 100));
    }
  }
  return made;
}

Result<std::vector<ImportDocument>> read_bundle(const http::Request& request) {
  LG_ASSIGN(json::array resources, parse_bundle(request));
  std::vector<ImportDocument> documents;
  for (json::value& resource : resources) {
    LG_ASSIGN(ImportDocument document, read_document(resource, documents.size()));
    documents.push_back(std::move(document));
  }
  return documents;
}

json::object render(const ImportEntry& entry) {
  json::object rendered{{"$id", entry.resource.id.text()},
                        {"type", to_string(entry.resource.type)},
                        {"outcome", to_string(entry.outcome)}};
  if (entry.reason) {
    rendered["code"] = entry.reason->code->id;
    rendered["reason"] = entry.reason->message;
  } else {
    rendered["version"] = entry.resource.version;
  }
  return rendered;
}

std::string render_answer(const std::vector<ImportEntry>& entries) {
  json::array results;
  for (const ImportEntry& entry : entries) results.push_back(render(entry));
  json::object counts;
  for (const ImportOutcome outcome : {ImportOutcome::created, ImportOutcome::replaced, ImportOutcome::updated,
                                      ImportOutcome::unchanged, ImportOutcome::refused}) {
    counts[to_string(outcome)] = std::ranges::count(entries, outcome, &ImportEntry::outcome);
  }
  return json::serialize(json::object{{"results", std::move(results)}, {"counts", std::move(counts)}});
}

Result<ledger::StoredAnswer> import_once(const SchemaRegistryRoutes& parts, const auth::Identity& identity,
                                         const registry::Author& author, const IdempotencyKey& key,
                                         const std::vector<ImportDocument>& documents) {
  const Millis now = parts.clock.now_ms();
  LG_ASSIGN(const std::vector<ImportEntry> entries,
            parts.ledger.read([&](ReadTx& tx) { return registry::prepare_import(tx, author, documents, now); }));
  crash_point("resources.prepared");
  return answer_once(parts.ledger, identity.scope, key, now, [&](Tx& tx) -> Result<ledger::StoredAnswer> {
    LG_TRY(registry::store_import(tx, author, entries, now));
    return ledger::StoredAnswer{.status = 200, .location = {}, .body = render_answer(entries)};
  });
}

Result<http::Response> post(const SchemaRegistryRoutes& parts, const http::Request& request,
                            const auth::Identity& identity) {
  LG_ASSIGN(const IdempotencyKey key, read_idempotency_key(request, "import resources"));
  LG_ASSIGN(const std::vector<ImportDocument> documents, read_bundle(request));
  for (int attempt = 1;; ++attempt) {
    auto answer = import_once(parts, identity, registry_author(identity, request), key, documents);
    const bool overtaken = !answer && answer.error().code == &codes::conflict;
    if (overtaken && attempt < attempts_max) continue;
    if (!answer) return std::unexpected(answer.error());
    crash_point("resources.imported");
    return to_response(*std::move(answer));
  }
}

}  // namespace

void add_schema_import_routes(http::Router& router, const SchemaRegistryRoutes& parts) {
  router.add("POST", "/admin/xdm/resources",
             parts.gateway.authorised({Right::manage, Reach::sandbox},
                                      [parts](const http::Request& request, const auth::Identity& identity) {
                                        return post(parts, request, identity);
                                      }));
}

}  // namespace lakegate::api
