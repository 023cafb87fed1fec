#include <array>
#include <cstdio>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view list_form = "application/vnd.adobe.xed-id+json";

// What a schema can be made of. The library has no finished schemas of its own, but an imported one may.
constexpr std::array<std::string_view, 5> global_types = {"schemas", "classes", "fieldgroups", "datatypes",
                                                          "behaviors"};

// All pages of the list.
Result<json::array> fetch_resources(ApiClient& api, std::string_view container, std::string_view type) {
  json::array all;
  std::string start;
  do {
    std::string path = fmt::format("{}/{}/{}?orderby=title&limit=300", registry_root, container, type);
    if (!start.empty()) path += "&start=" + percent_encode(start);
    LG_ASSIGN(const json::value page, api.get(path, list_form));
    for (const json::value& resource : items(member(page, "results"))) all.push_back(resource);
    start = text_member(member(page, "_page"), "next");
  } while (!start.empty());
  return all;
}

Result<json::array> fetch_global_resources(ApiClient& api) {
  json::array all;
  for (const std::string_view type : global_types) {
    LG_ASSIGN(const json::array resources, fetch_resources(api, "global", type));
    for (json::value resource : resources) {
      if (json::object* members = resource.if_object()) members->insert_or_assign("type", type);
      all.push_back(std::move(resource));
    }
  }
  return all;
}

Result<json::value> find_schema(ApiClient& api, const std::string& id, std::string_view form) {
  const std::string encoded = percent_encode(id);
  Result<json::value> found = api.get(fmt::format("{}/tenant/schemas/{}", registry_root, encoded), form);
  for (const std::string_view type : global_types) {
    if (found || found.error().kind() != ErrorKind::not_found) return found;
    auto global = api.get(fmt::format("{}/global/{}/{}", registry_root, type, encoded), form);
    if (global || global.error().kind() != ErrorKind::not_found) return global;
  }
  return found;
}

}  // namespace

Result<ExitStatus> list_schemas(const CommonOptions& common, bool global) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::array schemas,
            global ? fetch_global_resources(api) : fetch_resources(api, "tenant", "schemas"));
  if (common.json) {
    print_json(schemas);
    return done;
  }
  std::vector<std::string> columns = {"TITLE", "VERSION", "ID"};
  if (global) columns.insert(columns.begin(), "TYPE");
  TextTable table(columns);
  for (const json::value& schema : schemas) {
    std::vector<std::string> cells = {text_member(schema, "title"), text_member(schema, "version"),
                                      text_member(schema, "$id")};
    if (global) cells.insert(cells.begin(), text_member(schema, "type"));
    table.add(std::move(cells));
  }
  std::fputs(table.text(120).c_str(), stdout);
  return done;
}

// A schema is shown as JSON in any case: it is one.
Result<ExitStatus> show_schema(const CommonOptions& common, const std::string& id, bool full) {
  LG_ASSIGN(ApiClient api, connect(common));
  const char* form =
      full ? "application/vnd.adobe.xed-full+json; version=1" : "application/vnd.adobe.xed+json; version=1";
  LG_ASSIGN(const json::value schema, find_schema(api, id, form));
  print_json(schema);
  return done;
}

}  // namespace lakegate::cli
