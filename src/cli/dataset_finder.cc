#include "cli/dataset_finder.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/error_codes.h"
#include "cli/json_reading.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr int page_rows = 100;

bool has_form_of_id(std::string_view text) {
  return text.size() == 24 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// The server's `name` filter knows commas, stars and tildes; compare what comes back.
Result<json::object> datasets_of_name(ApiClient& api, const std::string& name) {
  json::object found;
  for (int start = 0;; start += page_rows) {
    LG_ASSIGN(const json::value page, api.get(fmt::format("{}/dataSets?limit={}&start={}&orderBy=asc:created",
                                                          catalog_root, page_rows, start)));
    const json::object* members = page.if_object();
    if (members == nullptr) return found;
    for (const auto& [id, document] : *members) {
      if (text_member(document, "name") == name) found.emplace(id, document);
    }
    if (members->size() < page_rows) return found;
  }
}

}  // namespace

Result<FoundDataset> find_dataset(ApiClient& api, const std::string& name_or_id) {
  if (has_form_of_id(name_or_id)) {
    Result<json::value> document = api.get(fmt::format("{}/dataSets/{}", catalog_root, name_or_id));
    if (document) {
      const json::value& found = member(*document, name_or_id);
      return FoundDataset{.id = name_or_id, .name = text_member(found, "name"), .document = found};
    }
    if (document.error().kind() != ErrorKind::not_found) return std::unexpected(document.error());
  }
  LG_ASSIGN(const json::object found, datasets_of_name(api, name_or_id));
  if (found.empty()) {
    return fail(codes::not_found_by_server,
                "No dataset has the name or id \"{}\" in sandbox {}. `lakegate dataset list` shows them.", name_or_id,
                api.target().sandbox);
  }
  if (found.size() > 1) {
    std::vector<std::string> ids;
    for (const auto& entry : found) ids.emplace_back(entry.key());
    return fail(codes::name_ambiguous, "{} datasets have the name \"{}\": {}. Give the id.", found.size(), name_or_id,
                fmt::join(ids, ", "));
  }
  return FoundDataset{.id = std::string(found.begin()->key()), .name = name_or_id, .document = found.begin()->value()};
}

}  // namespace lakegate::cli
