#include "api/schema_descriptors.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <utility>
#include <vector>

#include "api/answer_once.h"
#include "api/schema_registry_accept.h"
#include "api/schema_registry_address.h"
#include "registry/descriptor_types.h"
#include "registry/descriptors.h"
#include "registry/property_filter.h"
#include "xdm/document.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

json::value render(registry::Descriptor& descriptor, DescriptorForm form) {
  if (form == DescriptorForm::ids) return json::value(descriptor.id);
  if (form == DescriptorForm::links) return json::value("/tenant/descriptors/" + descriptor.id);
  return std::move(descriptor.document);
}

json::object render_groups(std::vector<registry::Descriptor>& found, DescriptorForm form) {
  json::object groups;
  for (const std::string_view type : registry::descriptor_type::all) {
    json::array group;
    for (registry::Descriptor& one : found) {
      if (one.type == type) group.push_back(render(one, form));
    }
    if (!group.empty()) groups[type] = std::move(group);
  }
  return groups;
}

json::object render_list(std::vector<registry::Descriptor>& found, DescriptorForm form) {
  json::array results;
  for (registry::Descriptor& one : found) results.push_back(render(one, form));
  const auto count = results.size();
  return {{"results", std::move(results)},
          {"_page", json::object{{"orderby", "@type"}, {"next", nullptr}, {"count", count}}},
          {"_links", json::object{{"next", nullptr}}}};
}

Result<http::Response> get_list(const SchemaRegistryRoutes& parts, const http::Request& request,
                                const auth::Identity& identity) {
  LG_ASSIGN(const DescriptorView view, accept_for_descriptors(request.header("Accept")));
  LG_ASSIGN(const registry::PropertyFilter filter, read_property_filter(request));
  LG_ASSIGN(std::vector<registry::Descriptor> found,
            parts.ledger.read([&](ReadTx& tx) { return registry::list_descriptors(tx, identity.scope); }));
  std::erase_if(found, [&](const registry::Descriptor& one) { return !filter.matches(one.document); });
  return registry_answer(200, view.grouped ? render_groups(found, view.form) : render_list(found, view.form), request);
}

Result<http::Response> get_one(const SchemaRegistryRoutes& parts, const http::Request& request,
                               const auth::Identity& identity) {
  LG_ASSIGN(const registry::Descriptor found, parts.ledger.read([&](ReadTx& tx) {
    return registry::find_descriptor(tx, identity.scope, request.path_parameter("id"));
  }));
  return registry_answer(200, found.document, request);
}

// Prepared and stored with nobody else's change between.
Result<ledger::Descriptor> prepare(const SchemaRegistryRoutes& parts, const registry::Author& author,
                                   const json::object& body, std::string_view id) {
  return parts.resolutions.run([&] {
    return parts.ledger.read([&](ReadTx& tx) {
      return registry::prepare_descriptor(tx, author, body, id, parts.clock.now_ms(), parts.random);
    });
  });
}

Result<http::Response> post(const SchemaRegistryRoutes& parts, const http::Request& request,
                            const auth::Identity& identity) {
  LG_ASSIGN(const IdempotencyKey key, read_idempotency_key(request, "create descriptor"));
  LG_ASSIGN(const json::object body, xdm::parse_document(request.body));
  const registry::Author author = registry_author(identity, request);
  return parts.changes.run([&]() -> Result<http::Response> {
    LG_ASSIGN(const auto kept, find_answer(parts.ledger, identity.scope, key));
    if (kept) return to_response(*kept);
    LG_ASSIGN(const ledger::Descriptor made, prepare(parts, author, body, ""));
    LG_ASSIGN(const ledger::StoredAnswer answer,
              answer_once(parts.ledger, identity.scope, key, parts.clock.now_ms(),
                          [&](Tx& tx) -> Result<ledger::StoredAnswer> {
                            LG_TRY(registry::store_descriptor(tx, author, made, true));
                            return ledger::StoredAnswer{.status = 201, .location = {}, .body = made.document};
                          }));
    return to_response(answer);
  });
}

Result<http::Response> put(const SchemaRegistryRoutes& parts, const http::Request& request,
                           const auth::Identity& identity) {
  LG_ASSIGN(const json::object body, xdm::parse_document(request.body));
  const registry::Author author = registry_author(identity, request);
  return parts.changes.run([&]() -> Result<http::Response> {
    LG_ASSIGN(const ledger::Descriptor made, prepare(parts, author, body, request.path_parameter("id")));
    LG_TRY(parts.ledger.write([&](Tx& tx) { return registry::store_descriptor(tx, author, made, false); }));
    return registry_answer(200, json::object{{"@id", made.id}}, request);
  });
}

Result<http::Response> remove(const SchemaRegistryRoutes& parts, const http::Request& request,
                              const auth::Identity& identity) {
  const registry::Author author = registry_author(identity, request);
  return parts.changes.run([&]() -> Result<http::Response> {
    LG_TRY(parts.ledger.write([&](Tx& tx) {
      return registry::remove_descriptor(tx, author, request.path_parameter("id"), parts.clock.now_ms());
    }));
    return http::Response::empty(204);
  });
}

}  // namespace

void add_descriptor_routes(http::Router& router, const SchemaRegistryRoutes& parts) {
  const std::string list = fmt::format("{}/tenant/descriptors", registry_root);
  const auto with_parts = [&](auto handler) {
    return [parts, handler](const http::Request& request, const auth::Identity& identity) {
      return handler(parts, request, identity);
    };
  };
  router.add("GET", list, parts.gateway.authorised(Right::read, with_parts(get_list)));
  router.add("POST", list, parts.gateway.creating({Right::manage, Reach::sandbox}, with_parts(post)));
  router.add("GET", list + "/{id}", parts.gateway.authorised(Right::read, with_parts(get_one)));
  router.add("PUT", list + "/{id}", parts.gateway.creating({Right::manage, Reach::sandbox}, with_parts(put)));
  router.add("DELETE", list + "/{id}", parts.gateway.authorised({Right::manage, Reach::sandbox}, with_parts(remove)));
}

}  // namespace lakegate::api
