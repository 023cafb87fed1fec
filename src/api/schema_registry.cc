#include "api/schema_registry.h"

#include <charconv>
#include <string>
#include <utility>

#include "api/schema_registry_accept.h"
#include "api/schema_registry_address.h"
#include "api/schema_registry_render.h"
#include "api/schema_registry_writing.h"
#include "model/error_codes.h"
#include "registry/registry.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;
using registry::Container;
using registry::ResourceType;

constexpr size_t limit_max = 500;  // what clients may ask for; a page has page_size_max at most

// What one route is about.
struct Place {
  Container container;
  ResourceType type;
};

Result<size_t> parse_limit(const http::Request& request) {
  const auto text = request.query_value("limit");
  if (!text) return registry::page_size_max;
  size_t limit = 0;
  const auto [stop, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error != std::errc() || stop != text->data() + text->size() || limit > limit_max) {
    return fail(codes::list_parameter_invalid, "Parameter limit is \"{}\"; expected a number from 0 to {}.", *text,
                limit_max);
  }
  return std::min(limit, registry::page_size_max);
}

Result<registry::ListQuery> parse_list_query(const http::Request& request) {
  registry::ListQuery query;
  LG_ASSIGN(query.limit, parse_limit(request));
  const std::string_view order_by = request.query_value("orderby").value_or("title");
  if (order_by != "title" && order_by != "-title" && order_by != "+title") {
    return fail(codes::list_parameter_invalid, "Parameter orderby is \"{}\"; lists are ordered by title or -title.",
                order_by);
  }
  query.descending = order_by.starts_with('-');
  query.start = request.query_value("start").value_or("");
  if (request.query_value("property")) {
    return fail(codes::list_parameter_invalid,
                "Parameter property is not offered; leave it out and choose from the whole list.");
  }
  return query;
}

Result<http::Response> get_list(const SchemaRegistryRoutes& parts, Place place, const http::Request& request,
                                const auth::Identity& identity) {
  LG_ASSIGN(const SchemaView view, accept_for_list(request.header("Accept")));
  LG_ASSIGN(const registry::ListQuery query, parse_list_query(request));
  LG_ASSIGN(const registry::ResourcePage page, parts.ledger.read([&](ReadTx& tx) {
    return registry::list(tx, identity.scope, place.container, place.type, query);
  }));
  LG_ASSIGN(const json::object body, render_page(page, view, request, query.descending ? "-title" : "title"));
  return registry_answer(200, body, request);
}

Result<http::Response> get_raw(const SchemaRegistryRoutes& parts, Place place, const http::Request& request,
                               const auth::Identity& identity, const SchemaView& view) {
  LG_ASSIGN(const registry::Resource resource, parts.ledger.read([&](ReadTx& tx) {
    return registry::find(tx, identity.scope, place.container, place.type, registry_id(request));
  }));
  LG_ASSIGN(json::object body, render_resource(resource, view));
  if (view.without_text) remove_text(body);
  return registry_answer(200, body, request);
}

Result<http::Response> get_full(const SchemaRegistryRoutes& parts, Place place, const http::Request& request,
                                const auth::Identity& identity, const SchemaView& view) {
  LG_ASSIGN(xdm::ResolvedSchema resolved, parts.ledger.read([&](ReadTx& tx) -> Result<xdm::ResolvedSchema> {
    LG_ASSIGN(const registry::Resource resource,
              registry::find(tx, identity.scope, place.container, place.type, registry_id(request)));
    return registry::resolve(tx, identity.scope, resource);
  }));
  if (view.without_text) remove_text(resolved.tree);
  return registry_answer(200, resolved.tree, request);
}

Result<http::Response> get_one(const SchemaRegistryRoutes& parts, Place place, const http::Request& request,
                               const auth::Identity& identity) {
  LG_ASSIGN(const SchemaView view, accept_for_lookup(request.header("Accept")));
  if (view.detail == SchemaDetail::raw) return get_raw(parts, place, request, identity, view);
  return parts.resolutions.run([&] { return get_full(parts, place, request, identity, view); });
}

void add_place(http::Router& router, const SchemaRegistryRoutes& parts, std::string_view container,
               std::string_view segment) {
  const Place place{*registry::parse_container(container), *registry::parse_resource_type(segment)};
  const std::string list = fmt::format("{}/{}/{}", registry_root, container, segment);
  const auto wrap = [&](auto handler) {
    return parts.gateway.authorised(
        [parts, place, handler](const http::Request& request, const auth::Identity& identity) {
          return handler(parts, place, request, identity);
        });
  };
  router.add("GET", list, wrap(get_list));
  router.add("GET", list + "/{id...}", wrap(get_one));
  if (place.container == Container::global) return;
  const auto wrap_write = [&](auto handler) {
    return [parts, place, handler](const http::Request& request, const auth::Identity& identity) {
      return handler(parts, place.type, request, identity);
    };
  };
  router.add("POST", list, parts.gateway.creating(wrap_write(create_resource)));
  router.add("PUT", list + "/{id...}", parts.gateway.creating(wrap_write(replace_resource)));
  router.add("PATCH", list + "/{id...}", parts.gateway.creating(wrap_write(patch_resource)));
  router.add("DELETE", list + "/{id...}", parts.gateway.authorised(wrap_write(delete_resource)));
}

}  // namespace

registry::Author registry_author(const auth::Identity& identity, const http::Request& request) {
  return {.scope = identity.scope,
          .ims_org = identity.ims_org.text(),
          .tenant = identity.tenant,
          .client_id = identity.client_id.text(),
          .user_id = identity.user_id,
          .request_id = request.id};
}

void add_schema_registry_routes(http::Router& router, const SchemaRegistryRoutes& parts) {
  for (const std::string_view container : {"global", "tenant"}) {
    for (const std::string_view segment : {"schemas", "classes", "fieldgroups", "mixins", "datatypes"}) {
      add_place(router, parts, container, segment);
    }
  }
  add_place(router, parts, "global", "behaviors");
}

}  // namespace lakegate::api
