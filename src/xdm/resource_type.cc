#include "xdm/resource_type.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lakegate::xdm {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> words = {{
    {"behaviors", "behaviors"},
    {"classes", "classes"},
    {"datatypes", "datatypes"},
    {"fieldgroups", "mixins"},
    {"mixins", "mixins"},
    {"common", "datatypes"},  // what documents of all kinds share
    {"schemas", "schemas"},
}};

bool is_behavior(std::string_view id) {
  return id == record_behavior || id == time_series_behavior || id == adhoc_behavior;
}

// The type that the last of the segments that is such a word stands for; empty: none is.
std::string_view last_word(std::string_view path) {
  std::string_view found;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    const auto word =
        std::ranges::find(words, path.substr(0, end), &std::pair<std::string_view, std::string_view>::first);
    if (word != words.end()) found = word->second;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return found;
}

// The documents that allOf names as a whole.
std::vector<std::string_view> composed_of(const JsonObject& document) {
  std::vector<std::string_view> ids;
  const boost::json::array* entries = array_member(document, "allOf");
  if (entries == nullptr) return ids;
  for (const JsonValue& entry : *entries) {
    const std::string_view id = entry.is_object() ? text_member(entry.get_object(), "$ref") : std::string_view();
    if (!id.empty() && id.find('#') == std::string_view::npos) ids.push_back(id);
  }
  return ids;
}

bool rests_on_behavior(const JsonObject& document, const Lookup& lookup, std::set<std::string, std::less<>>& seen) {
  return std::ranges::any_of(composed_of(document), [&](std::string_view id) {
    if (is_behavior(id)) return true;
    if (!lookup || !seen.emplace(id).second) return false;
    const JsonObject* part = lookup(id);
    return part != nullptr && rests_on_behavior(*part, lookup, seen);
  });
}

bool is_field_group(const JsonObject& document) {
  const boost::json::array* classes = array_member(document, "meta:intendedToExtend");
  return classes != nullptr && !classes->empty();
}

}  // namespace

std::string_view resource_type_of(const JsonObject& document, std::string_view folder, const Lookup& lookup) {
  const std::string_view stated = last_word(text_member(document, "meta:resourceType"));
  if (!stated.empty()) return stated;
  const std::string_view id = text_member(document, "$id");
  if (is_behavior(id)) return "behaviors";
  const std::string_view of_folder = last_word(folder);
  if (!of_folder.empty() && of_folder != "schemas") return of_folder;
  const std::string_view of_id = last_word(id);
  if (of_id == "classes" || of_id == "mixins" || of_id == "behaviors") return of_id;
  if (is_field_group(document)) return "mixins";

  std::set<std::string, std::less<>> seen;
  if (!rests_on_behavior(document, lookup, seen)) return "datatypes";
  if (of_folder == "schemas" || of_id == "schemas") return "schemas";
  return std::ranges::any_of(composed_of(document), is_behavior) ? "classes" : "schemas";
}

}  // namespace lakegate::xdm
