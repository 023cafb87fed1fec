#include "registry/statistics.h"

#include <fmt/chrono.h>

#include <ctime>

#include "ledger/resources.h"
#include "registry/resource.h"
#include "registry/unions.h"

namespace lakegate::registry {
namespace {

namespace json = boost::json;

std::string wire_time(Millis at) {
  return fmt::format("{:%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)}",
                     fmt::gmtime(static_cast<std::time_t>(at / 1000)));
}

json::array render_recent(const std::vector<ledger::ResourceHead>& heads, std::string_view word, bool by_update) {
  json::array rendered;
  for (const ledger::ResourceHead& head : heads) {
    rendered.push_back({{"$id", head.id.text()},
                        {"meta:altId", head.alt_id},
                        {"title", head.title},
                        {"meta:resourceType", head.type},
                        {word, wire_time(by_update ? head.updated : head.created)},
                        {"version", fmt::format("1.{}", head.version)}});
  }
  return rendered;
}

}  // namespace

Result<json::object> statistics(ReadTx& ledger, const Author& reader) {
  json::object counts{{"schemas", 0}, {"mixins", 0}, {"datatypes", 0}, {"classes", 0}, {"unions", 0}};
  LG_ASSIGN(const auto counted, ledger::count_resources(ledger, reader.scope));
  for (const ledger::ResourceCount& one : counted) {
    if (one.container == to_string(Container::tenant)) counts[one.type] = one.count;
  }
  LG_ASSIGN(const std::vector<Resource> unions, list_unions(ledger, reader.scope));
  counts["unions"] = unions.size();
  LG_ASSIGN(const auto created, ledger::recent_resources(ledger, reader.scope, false, recent_resources_max));
  LG_ASSIGN(const auto updated, ledger::recent_resources(ledger, reader.scope, true, recent_resources_max));
  LG_ASSIGN(const auto schemas, ledger::schema_heads(ledger, reader.scope, class_users_max));
  json::object usage;
  for (const ledger::ResourceHead& head : schemas) {
    json::value& users = usage[head.class_id];
    if (!users.is_array()) users = json::array();
    users.get_array().push_back(
        {{"$id", head.id.text()}, {"title", head.title}, {"version", fmt::format("1.{}", head.version)}});
  }
  return json::object{{"imsOrg", reader.ims_org},
                      {"tenantId", reader.tenant},
                      {"counts", std::move(counts)},
                      {"recentlyCreatedResources", render_recent(created, "meta:created", false)},
                      {"recentlyUpdatedResources", render_recent(updated, "meta:updated", true)},
                      {"classUsage", std::move(usage)}};
}

}  // namespace lakegate::registry
