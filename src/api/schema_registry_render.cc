#include "api/schema_registry_render.h"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <utility>

#include "api/schema_registry_address.h"
#include "xdm/names.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

std::string encode(std::string_view text) { return boost::urls::encode(text, boost::urls::unreserved_chars); }

json::object href(std::string address) { return {{"href", std::move(address)}}; }

std::string next_address(const registry::ResourcePage& page, const http::Request& request, std::string_view order_by) {
  std::string address =
      request.origin() + request.path + "?orderby=" + encode(order_by) + "&start=" + encode(page.next);
  if (const auto limit = request.query_value("limit")) address += "&limit=" + encode(*limit);
  for (const http::Parameter& parameter : request.query) {
    if (parameter.name == "property") address += "&property=" + encode(parameter.value);
  }
  return address;
}

// Field names may be "title" too: only keywords are removed, never properties.
void remove_text_below(json::object& schema, std::string_view key) {
  json::value* value = schema.if_contains(key);
  if (value == nullptr) return;
  if (json::array* list = value->if_array()) {
    for (json::value& entry : *list) {
      if (entry.is_object()) remove_text(entry.get_object());
    }
  } else if (json::object* object = value->if_object()) {
    remove_text(*object);
  }
}

}  // namespace

void remove_text(json::object& schema) {
  for (const std::string_view key : {"title", "description", "meta:titleId", "meta:descriptionId"}) {
    schema.stable_erase(key);
  }
  for (const std::string_view key : {"items", "additionalProperties", "allOf"}) remove_text_below(schema, key);
  for (const std::string_view key : {"properties", "definitions", "patternProperties"}) {
    json::value* members = schema.if_contains(key);
    if (members == nullptr || !members->is_object()) continue;
    for (auto& member : members->get_object()) {
      if (member.value().is_object()) remove_text(member.value().get_object());
    }
  }
}

Result<json::object> render_resource(const registry::Resource& resource, const SchemaView& view) {
  if (view.detail == SchemaDetail::id) {
    return json::object{{"$id", resource.id.text()},
                        {"meta:altId", resource.alt_id},
                        {"version", resource.version},
                        {"title", resource.title}};
  }
  json::object document = resource.document;
  if (resource.container == registry::Container::global && !view.xdm_names) {
    LG_ASSIGN(document, xdm::with_xed_names(document));
  }
  if (view.without_text) remove_text(document);
  return document;
}

Result<json::object> render_page(const registry::ResourcePage& page, const SchemaView& view,
                                 const http::Request& request, std::string_view order_by) {
  json::array results;
  for (const registry::Resource& resource : page.results) {
    LG_ASSIGN(json::object entry, render_resource(resource, view));
    results.push_back(std::move(entry));
  }
  json::object page_members{{"orderby", order_by}, {"next", nullptr}, {"count", page.results.size()}};
  json::object links{{"next", nullptr},
                     {"global_schemas", href(request.origin() + std::string(registry_root) + "/global/schemas")}};
  if (!page.next.empty()) {
    page_members["next"] = page.next;
    links["next"] = href(next_address(page, request, order_by));
  }
  return json::object{
      {"results", std::move(results)}, {"_page", std::move(page_members)}, {"_links", std::move(links)}};
}

}  // namespace lakegate::api
