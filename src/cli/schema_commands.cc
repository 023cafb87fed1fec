#include <cstdio>

#include "cli/commands.h"
#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view list_form = "application/vnd.adobe.xed-id+json";

// All pages of the list.
Result<json::array> fetch_schemas(ApiClient& api, std::string_view container) {
  json::array all;
  std::string start;
  do {
    std::string path = fmt::format("{}/{}/schemas?orderby=title&limit=300", registry_root, container);
    if (!start.empty()) path += "&start=" + percent_encode(start);
    LG_ASSIGN(const json::value page, api.get(path, list_form));
    for (const json::value& schema : items(member(page, "results"))) all.push_back(schema);
    start = text_member(member(page, "_page"), "next");
  } while (!start.empty());
  return all;
}

}  // namespace

Result<ExitStatus> list_schemas(const CommonOptions& common, bool global) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::array schemas, fetch_schemas(api, global ? "global" : "tenant"));
  if (common.json) {
    print_json(schemas);
    return done;
  }
  TextTable table({"TITLE", "VERSION", "ID"});
  for (const json::value& schema : schemas) {
    table.add({text_member(schema, "title"), text_member(schema, "version"), text_member(schema, "$id")});
  }
  std::fputs(table.text(120).c_str(), stdout);
  return done;
}

// A schema is shown as JSON in any case: it is one.
Result<ExitStatus> show_schema(const CommonOptions& common, const std::string& id, bool full) {
  LG_ASSIGN(ApiClient api, connect(common));
  const char* form =
      full ? "application/vnd.adobe.xed-full+json; version=1" : "application/vnd.adobe.xed+json; version=1";
  const std::string path = "/schemas/" + percent_encode(id);
  Result<json::value> schema = api.get(fmt::format("{}/tenant{}", registry_root, path), form);
  if (!schema && schema.error().kind() == ErrorKind::not_found) {
    schema = api.get(fmt::format("{}/global{}", registry_root, path), form);
  }
  if (!schema) return std::unexpected(schema.error());
  print_json(*schema);
  return done;
}

}  // namespace lakegate::cli
