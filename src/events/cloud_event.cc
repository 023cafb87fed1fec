#include "events/cloud_event.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/chrono.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ctime>

#include "base/error_codes.h"
#include "ledger/event_detail.h"
#include "model/batch_status.h"

namespace lakegate::events {
namespace {

namespace json = boost::json;

constexpr std::string_view batch_prefix = "batch.";

std::string time_text(Millis at) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(at / 1000)), at % 1000);
}

// It was an object when it was stored.
json::object detail_of(const ledger::Event& event) {
  boost::system::error_code failed;
  json::value value = json::parse(event.detail, failed);
  return failed || !value.is_object() ? json::object() : std::move(value.get_object());
}

std::string_view text_of(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

// Empty where the event is not of a batch.
std::string_view status_of(std::string_view kind) {
  return kind.starts_with(batch_prefix) ? kind.substr(batch_prefix.size()) : std::string_view();
}

// The members by which the platform's own ingestion notifications say that a batch is in, or failed.
void add_platform_members(json::object& data, const ledger::Event& event, std::string_view code) {
  const std::string_view external_id = text_of(data, "externalId");
  const json::value* const completed = data.if_contains("completed");
  data["xdm:ingestionId"] = event.batch_id.text();
  data["xdm:customerIngestionId"] = external_id.empty() ? std::string_view(event.batch_id.text()) : external_id;
  data["xdm:imsOrg"] = event.ims_org;
  data["xdm:completed"] = completed != nullptr ? *completed : json::value(event.at);
  data["xdm:datasetId"] = event.dataset_id.text();
  data["xdm:eventCode"] = code;
  data["xdm:sandboxName"] = event.sandbox_name;
  data["sentTime"] = std::to_string(event.at);
  data["processStartTime"] = event.at;
  data["transformedTime"] = event.at;
}

json::object data_of(const ledger::Event& event, json::object detail) {
  json::object data;
  if (!event.batch_id.empty()) data["batch"] = event.batch_id.text();
  data["dataset"] = event.dataset_id.text();
  data["org"] = event.ims_org;
  data["sandbox"] = event.sandbox_name;
  const std::string_view status = status_of(event.kind);
  if (!status.empty()) data["status"] = status;
  for (auto& [name, value] : detail) data[name] = std::move(value);
  if (status == to_string(BatchStatus::active)) add_platform_members(data, event, "ing_load_success");
  if (status == to_string(BatchStatus::failed)) add_platform_members(data, event, "ing_load_failure");
  return data;
}

bool means(std::string_view pattern, std::string_view kind) {
  if (pattern == "*") return true;
  if (pattern.ends_with(".*")) return kind.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == kind;
}

}  // namespace

std::span<const std::string> event_kinds() {
  static const std::vector<std::string> kinds = [] {
    std::vector<std::string> all;
    for (const BatchStatus status : all_batch_statuses) all.push_back(ledger::event_kind(status));
    for (const char* kind : {"dataset.created", "dataset.updated", "dataset.deleted"}) all.emplace_back(kind);
    return all;
  }();
  return kinds;
}

std::string event_type(std::string_view kind) { return fmt::format("{}{}", event_type_prefix, kind); }

Result<std::vector<std::string>> kinds_of_types(std::span<const std::string> types) {
  std::vector<std::string> kinds;
  for (const std::string_view type : types) {
    const std::string_view pattern = type.starts_with(event_type_prefix) ? type.substr(event_type_prefix.size()) : type;
    bool any = false;
    for (const std::string& kind : event_kinds()) {
      if (!means(pattern, kind)) continue;
      any = true;
      if (std::ranges::find(kinds, kind) == kinds.end()) kinds.push_back(kind);
    }
    if (!any) {
      return fail(codes::invalid_argument,
                  "\"{}\" is no type of events. There are {}, each also with \"{}\" before it, "
                  "and \"batch.*\", \"dataset.*\" and \"*\" for several.",
                  type, fmt::join(event_kinds(), ", "), event_type_prefix);
    }
  }
  return kinds;
}

std::string event_id(const ledger::Event& event) { return fmt::format("{}/{}", event.dataset_id, event.seq); }

json::object cloud_event(const ledger::Event& event) {
  json::object detail = detail_of(event);
  const std::string trace(text_of(detail, "trace"));
  detail.erase("trace");
  json::object rendered{{"specversion", "1.0"},
                        {"id", event_id(event)},
                        // A path, since the server's own address may change between two sendings.
                        {"source", fmt::format("/data/foundation/catalog/dataSets/{}", event.dataset_id)},
                        {"type", event_type(event.kind)}};
  rendered["subject"] = event.batch_id.empty() ? event.dataset_id.text() : event.batch_id.text();
  rendered["time"] = time_text(event.at);
  rendered["datacontenttype"] = "application/json";
  rendered["sequence"] = std::to_string(event.seq);
  rendered["partitionkey"] = event.dataset_id.text();
  if (!trace.empty()) rendered["traceparent"] = trace;
  rendered["data"] = data_of(event, std::move(detail));
  return rendered;
}

std::string cloud_event_text(const ledger::Event& event) { return json::serialize(cloud_event(event)); }

std::string traceparent_of(const ledger::Event& event) { return std::string(text_of(detail_of(event), "trace")); }

}  // namespace lakegate::events
