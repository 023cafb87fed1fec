#include "api/row_expiration.h"

#include "model/calendar_period.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

// The member as an object; none where it is something else already.
json::object* object_member(json::object& of, std::string_view name) {
  json::value& member = of[name];
  if (member.is_null()) member = json::object();
  return member.if_object();
}

}  // namespace

void show_default_expiration(const CatalogRoutes& parts, json::object& dataset) {
  if (parts.batch_time_to_live <= 0) return;
  json::object* extensions = object_member(dataset, "extensions");
  json::object* lake_house = extensions != nullptr ? object_member(*extensions, "adobe_lakeHouse") : nullptr;
  json::object* expiration = lake_house != nullptr ? object_member(*lake_house, "rowExpiration") : nullptr;
  if (expiration == nullptr || expiration->contains("ttlValue")) return;
  (*expiration)["ttlValue"] = to_text(CalendarPeriod{.months = 0, .rest = parts.batch_time_to_live});
  (*expiration)["valueStatus"] = "default";
}

}  // namespace lakegate::api
