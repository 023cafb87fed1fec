#include "api/schema_registry.h"

#include <charconv>
#include <string>
#include <utility>

#include "api/schema_descriptors.h"
#include "api/schema_registry_accept.h"
#include "api/schema_registry_address.h"
#include "api/schema_registry_render.h"
#include "api/schema_registry_rpc.h"
#include "api/schema_registry_writing.h"
#include "model/error_codes.h"
#include "registry/descriptor_fields.h"
#include "registry/descriptors.h"
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

// "title", "-title", "title,-version"; a plus sign may have become a blank on the way.
Result<std::vector<registry::OrderKey>> parse_order(std::string_view text) {
  std::vector<registry::OrderKey> keys;
  while (!text.empty()) {
    const size_t end = std::min(text.find(','), text.size());
    std::string_view name = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    registry::OrderKey key{.name = {}, .descending = name.starts_with('-')};
    if (name.starts_with('-') || name.starts_with('+') || name.starts_with(' ')) name.remove_prefix(1);
    key.name = name;
    if (name.empty() || keys.size() == registry::order_keys_max) {
      return fail(
          codes::list_parameter_invalid,
          "Parameter orderby: expected up to {} names of members, each with - in front for the other direction, "
          "e.g. title or -version,title.",
          registry::order_keys_max);
    }
    keys.push_back(std::move(key));
  }
  if (keys.empty()) keys.emplace_back();
  return keys;
}

std::string text_of(const std::vector<registry::OrderKey>& order) {
  std::string text;
  for (const registry::OrderKey& key : order)
    text += (text.empty() ? "" : ",") + (key.descending ? "-" + key.name : key.name);
  return text;
}

Result<registry::ListQuery> parse_list_query(const http::Request& request) {
  registry::ListQuery query;
  LG_ASSIGN(query.limit, parse_limit(request));
  LG_ASSIGN(query.order, parse_order(request.query_value("orderby").value_or("title")));
  query.start = request.query_value("start").value_or("");
  LG_ASSIGN(query.filter, read_property_filter(request));
  return query;
}

Result<http::Response> get_list(const SchemaRegistryRoutes& parts, Place place, const http::Request& request,
                                const auth::Identity& identity) {
  LG_ASSIGN(const SchemaView view, accept_for_list(request.header("Accept")));
  LG_ASSIGN(const registry::ListQuery query, parse_list_query(request));
  LG_ASSIGN(const registry::ResourcePage page, parts.ledger.read([&](ReadTx& tx) {
    return registry::list(tx, identity.scope, place.container, place.type, query);
  }));
  LG_ASSIGN(const json::object body, render_page(page, view, request, text_of(query.order)));
  return registry_answer(200, body, request);
}

// What descriptors say of the resource, as the view wants it.
Status describe(ReadTx& tx, const Scope& scope, const registry::Resource& resource, const SchemaView& view,
                json::object& document) {
  if (view.with_descriptors) {
    LG_ASSIGN(std::vector<registry::Descriptor> found, registry::descriptors_of(tx, scope, resource.id));
    json::array descriptors;
    for (registry::Descriptor& one : found) descriptors.emplace_back(std::move(one.document));
    document["meta:descriptors"] = std::move(descriptors);
  }
  if (view.marks_deprecated && view.detail == SchemaDetail::full)
    LG_TRY(registry::mark_deprecated(tx, scope, resource.id, document));
  return {};
}

Result<http::Response> get_raw(const SchemaRegistryRoutes& parts, Place place, const http::Request& request,
                               const auth::Identity& identity, const SchemaView& view) {
  LG_ASSIGN(json::object body, parts.ledger.read([&](ReadTx& tx) -> Result<json::object> {
    LG_ASSIGN(const registry::Resource resource,
              registry::find(tx, identity.scope, place.container, place.type, registry_id(request)));
    LG_ASSIGN(json::object rendered, render_resource(resource, view));
    LG_TRY(describe(tx, identity.scope, resource, view, rendered));
    return rendered;
  }));
  if (view.without_text) remove_text(body);
  return registry_answer(200, body, request);
}

Result<http::Response> get_full(const SchemaRegistryRoutes& parts, Place place, const http::Request& request,
                                const auth::Identity& identity, const SchemaView& view) {
  LG_ASSIGN(xdm::ResolvedSchema resolved, parts.ledger.read([&](ReadTx& tx) -> Result<xdm::ResolvedSchema> {
    LG_ASSIGN(const registry::Resource resource,
              registry::find(tx, identity.scope, place.container, place.type, registry_id(request)));
    LG_ASSIGN(xdm::ResolvedSchema made, registry::resolve(tx, identity.scope, resource));
    LG_TRY(describe(tx, identity.scope, resource, view, made.tree));
    return made;
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
  const Place place{*registry::parse_container(container),
                    registry::parse_resource_type(segment).value_or(ResourceType::unions)};
  const std::string list = fmt::format("{}/{}/{}", registry_root, container, segment);
  const auto wrap = [&](auto handler) {
    return parts.gateway.authorised(
        Right::read, [parts, place, handler](const http::Request& request, const auth::Identity& identity) {
          return handler(parts, place, request, identity);
        });
  };
  router.add("GET", list, wrap(get_list));
  router.add("GET", list + "/{id...}", wrap(get_one));
  if (place.container == Container::global || place.type == ResourceType::unions) return;
  const auto wrap_write = [&](auto handler) {
    return [parts, place, handler](const http::Request& request, const auth::Identity& identity) {
      return handler(parts, place.type, request, identity);
    };
  };
  router.add("POST", list, parts.gateway.creating({Right::manage, Reach::sandbox}, wrap_write(create_resource)));
  router.add("PUT", list + "/{id...}",
             parts.gateway.creating({Right::manage, Reach::sandbox}, wrap_write(replace_resource)));
  router.add("PATCH", list + "/{id...}",
             parts.gateway.creating({Right::manage, Reach::sandbox}, wrap_write(patch_resource)));
  router.add("DELETE", list + "/{id...}",
             parts.gateway.authorised({Right::manage, Reach::sandbox}, wrap_write(delete_resource)));
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
  add_place(router, parts, "tenant", "unions");
  add_descriptor_routes(router, parts);
  add_schema_rpc_routes(router, parts);
}

}  // namespace lakegate::api
