// An event on the wire: CloudEvents 1.0 in JSON, structured mode. The one form of feed, webhooks and Kafka, made of
// nothing but the event's own row, so that an event that is sent again is the same, byte for byte.
#pragma once

#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/events.h"

namespace lakegate::events {

inline constexpr std::string_view event_type_prefix = "io.lakegate.";
inline constexpr std::string_view cloud_event_media_type = "application/cloudevents+json";

// All kinds that the ledger's events have: "batch.loading", …, "dataset.deleted".
std::span<const std::string> event_kinds();

// "io.lakegate.batch.active" of "batch.active".
std::string event_type(std::string_view kind);

// The kinds that a client means by types such as "io.lakegate.batch.active", "batch.active" or "batch.*", each once.
// `invalid_argument` names the first that means none, and what there is.
Result<std::vector<std::string>> kinds_of_types(std::span<const std::string> types);

// "<datasetId>/<seq>": what tells a repeat from a new event.
std::string event_id(const ledger::Event& event);

// Of an event that was read from the ledger (list_events). docs/events.md has the members.
boost::json::object cloud_event(const ledger::Event& event);
std::string cloud_event_text(const ledger::Event& event);

// The W3C traceparent that the event carries; empty: none.
std::string traceparent_of(const ledger::Event& event);

}  // namespace lakegate::events
