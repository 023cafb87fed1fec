#include "api/iceberg_rest.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/iceberg_page.h"
#include "api/iceberg_problem.h"
#include "api/iceberg_table.h"
#include "ledger/datasets.h"
#include "ledger/orgs.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;
using auth::Identity;

constexpr char namespace_separator = '\x1f';  // between the levels, which sandboxes have not
constexpr const char* namespaces_path = "/iceberg/v1/namespaces";
constexpr const char* namespace_path = "/iceberg/v1/namespaces/{namespace}";
constexpr const char* tables_path = "/iceberg/v1/namespaces/{namespace}/tables";
constexpr const char* table_path = "/iceberg/v1/namespaces/{namespace}/tables/{table}";

http::Response answer(const json::object& body) {
  return http::Response::text(200, "application/json", json::serialize(body));
}

// Clients leave out what is not listed here, instead of trying.
http::Response config() {
  return answer({{"defaults", json::object()},
                 {"overrides", json::object()},
                 {"endpoints",
                  {"GET /v1/{prefix}/namespaces", "GET /v1/{prefix}/namespaces/{namespace}",
                   "HEAD /v1/{prefix}/namespaces/{namespace}", "GET /v1/{prefix}/namespaces/{namespace}/tables",
                   "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}",
                   "HEAD /v1/{prefix}/namespaces/{namespace}/tables/{table}"}}});
}

Result<ledger::Sandbox> find_namespace(ReadTx& tx, const Identity& identity, const std::string& name) {
  auto sandbox = ledger::find_sandbox(tx, identity.scope.org, name);
  if (!sandbox && sandbox.error().kind() != ErrorKind::not_found) return sandbox;
  if (!sandbox || !identity.grants.sees(sandbox->scope.sandbox))
    return fail(codes::namespace_not_found, "Namespace does not exist: {}", name);
  if (!identity.grants.somewhere(sandbox->scope.sandbox, Right::read))
    return fail(codes::right_missing, "The key has no right \"read\" in namespace {}", name);
  return sandbox;
}

// What the key sees of it.
Sight sight_of(const Identity& identity, const ledger::Sandbox& sandbox) {
  return {sandbox.scope, identity.scope.wanted(), identity.grants.in(sandbox.scope.sandbox)};
}

Result<ledger::Sandbox> find_namespace(const IcebergRoutes& parts, const http::Request& request,
                                       const Identity& identity) {
  return parts.ledger.read(
      [&](ReadTx& tx) { return find_namespace(tx, identity, request.path_parameter("namespace")); });
}

// Sandboxes by name; a page of them.
Result<http::Response> list_namespaces(const IcebergRoutes& parts, const http::Request& request,
                                       const Identity& identity) {
  LG_ASSIGN(const IcebergPage page, parse_iceberg_page(request));
  const auto parent = request.query_value("parent");
  json::array names;
  json::value next;
  if (parent && !parent->empty()) {
    LG_TRY(parts.ledger.read([&](ReadTx& tx) { return find_namespace(tx, identity, std::string(*parent)); }));
    return answer({{"namespaces", names}, {"next-page-token", next}});  // sandboxes have no namespaces below
  }
  LG_ASSIGN(auto sandboxes,
            parts.ledger.read([&](ReadTx& tx) { return ledger::list_sandboxes(tx, identity.scope.org); }));
  std::ranges::sort(sandboxes, {}, &ledger::Sandbox::name);
  for (const ledger::Sandbox& sandbox : sandboxes) {
    if (!page.whole && sandbox.name <= page.after) continue;
    if (!identity.grants.somewhere(sandbox.scope.sandbox, Right::read)) continue;
    if (!page.whole && static_cast<int64_t>(names.size()) == page.size) {
      next = names.back().as_array().front();
      break;
    }
    names.push_back(json::array{sandbox.name});
  }
  return answer({{"namespaces", std::move(names)}, {"next-page-token", std::move(next)}});
}

Result<http::Response> get_namespace(const IcebergRoutes& parts, const http::Request& request,
                                     const Identity& identity) {
  LG_ASSIGN(const ledger::Sandbox sandbox, find_namespace(parts, request, identity));
  return answer({{"namespace", json::array{sandbox.name}},
                 {"properties", {{"lakegate.sandbox-id", sandbox.id}, {"lakegate.sandbox-type", sandbox.type}}}});
}

Result<http::Response> list_tables(const IcebergRoutes& parts, const http::Request& request, const Identity& identity) {
  LG_ASSIGN(IcebergPage page, parse_iceberg_page(request));
  LG_ASSIGN(const ledger::Sandbox sandbox, find_namespace(parts, request, identity));
  json::array identifiers;
  json::value next;
  while (true) {
    // One more than asked for tells whether there is a next page.
    LG_ASSIGN(const std::vector<Dataset> tables, parts.ledger.read([&](ReadTx& tx) {
      return ledger::list_tables(tx, sight_of(identity, sandbox), page.after, page.size + 1);
    }));
    const bool more = static_cast<int64_t>(tables.size()) > page.size;
    for (size_t i = 0; i < tables.size() - (more ? 1 : 0); ++i) {
      page.after = tables[i].table_name;
      identifiers.push_back(json::object{{"namespace", json::array{sandbox.name}}, {"name", page.after}});
    }
    if (more && !page.whole) next = page.after;
    if (!more || !page.whole) break;
  }
  return answer({{"identifiers", std::move(identifiers)}, {"next-page-token", std::move(next)}});
}

// Without its namespace a table is as unknown: the specification has no other 404 here, and Spark asks for `snapshots`
// in a namespace [prod, flights] before it takes lake.prod.flights.snapshots for a metadata table.
Result<Dataset> find_table(const IcebergRoutes& parts, const http::Request& request, const Identity& identity) {
  const std::string& space = request.path_parameter("namespace");
  const std::string& name = request.path_parameter("table");
  auto dataset = parts.ledger.read([&](ReadTx& tx) -> Result<Dataset> {
    LG_ASSIGN(const ledger::Sandbox sandbox, find_namespace(tx, identity, space));
    return ledger::find_dataset_by_table(tx, sight_of(identity, sandbox), name);
  });
  if (dataset || dataset.error().kind() != ErrorKind::not_found) return dataset;
  std::string shown = space;
  std::ranges::replace(shown, namespace_separator, '.');
  return fail(codes::table_not_found, "Table does not exist: {}.{}", shown, name);
}

Result<http::Response> get_table(const IcebergRoutes& parts, const http::Request& request, const Identity& identity) {
  LG_ASSIGN(const Dataset dataset, find_table(parts, request, identity));
  return load_iceberg_table(parts, dataset, request);
}

}  // namespace

void add_iceberg_routes(http::Router& router, const IcebergRoutes& parts) {
  const auto add = [&](const char* method, const char* path, auto handle) {
    router.add(method, path,
               parts.gateway.bearer(
                   Right::read,
                   [parts, handle](const http::Request& request, const Identity& identity) {
                     return handle(parts, request, identity);
                   },
                   iceberg_problem));
  };
  const auto exists = [](auto find) {
    return [find](const IcebergRoutes& of, const http::Request& request,
                  const Identity& identity) -> Result<http::Response> {
      LG_TRY(find(of, request, identity));
      return http::Response::empty(204);
    };
  };
  add("GET", "/iceberg/v1/config",
      [](const auto&, const auto&, const auto&) -> Result<http::Response> { return config(); });
  add("GET", namespaces_path, list_namespaces);
  add("GET", namespace_path, get_namespace);
  add("HEAD", namespace_path,
      exists([](const IcebergRoutes& of, const http::Request& request, const Identity& identity) {
        return find_namespace(of, request, identity);
      }));
  add("GET", tables_path, list_tables);
  add("GET", table_path, get_table);
  add("HEAD", table_path, exists(find_table));
}

}  // namespace lakegate::api
