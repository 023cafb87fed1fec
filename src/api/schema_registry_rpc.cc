#include "api/schema_registry_rpc.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <utility>
#include <vector>

#include "api/answer_once.h"
#include "api/schema_registry_address.h"
#include "model/error_codes.h"
#include "registry/exchange.h"
#include "registry/library.h"
#include "registry/record.h"
#include "registry/registry.h"
#include "registry/sample.h"
#include "registry/statistics.h"
#include "registry/unions.h"
#include "xdm/document.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr int attempts_max = 10;

Result<http::Response> get_statistics(const SchemaRegistryRoutes& parts, const http::Request& request,
                                      const auth::Identity& identity) {
  LG_ASSIGN(const json::object body, parts.ledger.read([&](ReadTx& tx) {
    return registry::statistics(tx, registry_author(identity, request));
  }));
  return registry_answer(200, body, request);
}

Result<http::Response> get_export(const SchemaRegistryRoutes& parts, const http::Request& request,
                                  const auth::Identity& identity) {
  LG_ASSIGN(const json::array body, parts.ledger.read([&](ReadTx& tx) {
    return registry::export_resources(tx, registry_author(identity, request), registry_id(request));
  }));
  return registry_answer(200, body, request);
}

Result<registry::Resource> find_any(ReadTx& tx, const Scope& scope, const std::string& id) {
  if (registry::is_union_id(id)) return registry::find_union(tx, scope, id);
  registry::Library library(tx, scope);
  LG_ASSIGN(const registry::Resource* resource, library.find(id));
  if (resource != nullptr) return *resource;
  return fail(codes::schema_not_found, "There is no resource \"{}\" in the sandbox.", id);
}

Result<http::Response> get_sample(const SchemaRegistryRoutes& parts, const http::Request& request,
                                  const auth::Identity& identity) {
  return parts.resolutions.run([&]() -> Result<http::Response> {
    LG_ASSIGN(const xdm::ResolvedSchema resolved, parts.ledger.read([&](ReadTx& tx) -> Result<xdm::ResolvedSchema> {
      LG_ASSIGN(const registry::Resource resource, find_any(tx, identity.scope, registry_id(request)));
      return registry::resolve(tx, identity.scope, resource);
    }));
    return registry_answer(200, registry::sample_of(resolved), request);
  });
}

Result<http::Response> get_audit_log(const SchemaRegistryRoutes& parts, const http::Request& request,
                                     const auth::Identity& identity) {
  LG_ASSIGN(const json::array body, parts.ledger.read([&](ReadTx& tx) -> Result<json::array> {
    const registry::Author reader = registry_author(identity, request);
    const std::string wanted = registry_id(request);
    registry::Library library(tx, identity.scope);
    LG_ASSIGN(const registry::Resource* resource, library.find(wanted));  // a deleted one is known by its $id alone
    LG_ASSIGN(json::array trail, registry::audit_trail(tx, reader, resource != nullptr ? resource->id.text() : wanted));
    if (resource == nullptr && trail.empty())
      return fail(codes::schema_not_found, "There is no resource \"{}\" in the sandbox.", wanted);
    return trail;
  }));
  return registry_answer(200, body, request);
}

Result<json::array> parse_bundle(const http::Request& request) {
  json::parse_options options;
  options.max_depth = xdm::document_depth_max + 1;
  boost::system::error_code failed;
  json::value body = json::parse(request.body, failed, {}, options);
  if (!failed && body.is_array()) return std::move(body.get_array());
  if (!failed && body.is_object()) return json::array{std::move(body)};
  return fail(codes::schema_import_failed, "The body is {}; expected an array of resources as /rpc/export gives it.",
              failed ? "not readable as JSON (" + failed.message() + ")" : "no array");
}

Result<ledger::StoredAnswer> import_once(const SchemaRegistryRoutes& parts, const auth::Identity& identity,
                                         const registry::Author& author, const IdempotencyKey& key,
                                         const json::array& documents) {
  LG_ASSIGN(auto kept, find_answer(parts.ledger, identity.scope, key));
  if (kept) return *std::move(kept);
  const Millis now = parts.clock.now_ms();
  LG_ASSIGN(const std::vector<registry::ExchangedResource> resources, parts.resolutions.run([&] {
    return parts.ledger.read(
        [&](ReadTx& tx) { return registry::prepare_exchange(tx, author, documents, now, parts.random); });
  }));
  return answer_once(parts.ledger, identity.scope, key, now, [&](Tx& tx) -> Result<ledger::StoredAnswer> {
    LG_TRY(registry::store_exchange(tx, author, resources));
    json::array stored;
    for (const registry::ExchangedResource& one : resources) stored.emplace_back(one.draft.resource.document);
    return ledger::StoredAnswer{.status = 200, .location = {}, .body = json::serialize(stored)};
  });
}

Result<http::Response> post_import(const SchemaRegistryRoutes& parts, const http::Request& request,
                                   const auth::Identity& identity) {
  LG_ASSIGN(const IdempotencyKey key, read_idempotency_key(request, "exchange resources"));
  LG_ASSIGN(const json::array documents, parse_bundle(request));
  const registry::Author author = registry_author(identity, request);
  for (int attempt = 1;; ++attempt) {
    auto answer = import_once(parts, identity, author, key, documents);
    const bool overtaken = !answer && answer.error().code == &codes::conflict;
    if (overtaken && attempt < attempts_max) continue;
    if (!answer) return std::unexpected(answer.error());
    return to_response(*std::move(answer));
  }
}

}  // namespace

void add_schema_rpc_routes(http::Router& router, const SchemaRegistryRoutes& parts) {
  const auto at = [](std::string_view path) { return fmt::format("{}{}", registry_root, path); };
  const auto with_parts = [&](auto handler) {
    return [parts, handler](const http::Request& request, const auth::Identity& identity) {
      return handler(parts, request, identity);
    };
  };
  router.add("GET", at("/stats"), parts.gateway.authorised(Right::read, with_parts(get_statistics)));
  router.add("GET", at("/rpc/export/{id...}"), parts.gateway.authorised(Right::read, with_parts(get_export)));
  router.add("GET", at("/rpc/sampledata/{id...}"), parts.gateway.authorised(Right::read, with_parts(get_sample)));
  router.add("GET", at("/rpc/auditlog/{id...}"), parts.gateway.authorised(Right::read, with_parts(get_audit_log)));
  router.add("POST", at("/rpc/import"),
             parts.gateway.creating({Right::manage, Reach::sandbox}, with_parts(post_import)));
  router.add("POST", at("/rpc/export"),
             parts.gateway.creating({Right::manage, Reach::sandbox}, with_parts(post_import)));
}

}  // namespace lakegate::api
