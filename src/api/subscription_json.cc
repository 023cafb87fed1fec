#include "api/subscription_json.h"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

#include "base/error_codes.h"
#include "events/cloud_event.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr size_t name_bytes_max = 200;
constexpr size_t numbers_max = 1'000;

Result<json::object> read_object(std::string_view body, std::string_view expected) {
  boost::system::error_code failed;
  json::value value = json::parse(body, failed);
  if (failed || !value.is_object()) return fail(codes::invalid_argument, "Expected a JSON object with {}.", expected);
  return std::move(value.get_object());
}

Result<std::string> read_text(const json::key_value_pair& member) {
  const json::string* text = member.value().if_string();
  if (text == nullptr || text->empty())
    return fail(codes::invalid_argument, "Member {}: expected a text.", std::string_view(member.key()));
  return std::string(*text);
}

// Null: an empty list, which means all.
Result<std::vector<std::string>> read_texts(const json::key_value_pair& member) {
  std::vector<std::string> texts;
  if (member.value().is_null()) return texts;
  const json::array* list = member.value().if_array();
  bool fine = list != nullptr && !list->empty();
  for (size_t i = 0; fine && i < list->size(); ++i) {
    const json::string* text = (*list)[i].if_string();
    fine = text != nullptr && !text->empty();
    if (fine) texts.emplace_back(*text);
  }
  if (!fine) {
    return fail(codes::invalid_argument, "Member {}: expected a list of texts, or null for all.",
                std::string_view(member.key()));
  }
  return texts;
}

Result<ledger::SubscriptionState> read_state(const json::key_value_pair& member) {
  LG_ASSIGN(const std::string text, read_text(member));
  const auto state = ledger::parse_subscription_state(text);
  if (state && *state != ledger::SubscriptionState::suspended) return *state;
  return fail(codes::invalid_argument, "Member state: found \"{}\", expected active or paused.", text);
}

Result<std::string> read_name(const json::key_value_pair& member) {
  LG_ASSIGN(std::string name, read_text(member));
  if (name.size() <= name_bytes_max) return name;
  return fail(codes::invalid_argument, "Member name: it has {} bytes, expected {} at most.", name.size(),
              name_bytes_max);
}

Status read_member(const json::key_value_pair& member, SubscriptionOrder& order) {
  const std::string_view key = member.key();
  if (key == "name") {
    LG_ASSIGN(order.name, read_name(member));
  } else if (key == "kind") {
    LG_ASSIGN(order.kind, read_text(member));
  } else if (key == "target") {
    if (!member.value().is_object()) return fail(codes::invalid_argument, "Member target: expected an object.");
    order.target = member.value().get_object();
  } else if (key == "datasets") {
    LG_ASSIGN(order.datasets, read_texts(member));
  } else if (key == "types") {
    LG_ASSIGN(const std::vector<std::string> types, read_texts(member));
    order.kinds.emplace();
    if (!types.empty()) {
      LG_ASSIGN(order.kinds, events::kinds_of_types(types));
    }
  } else if (key == "state") {
    LG_ASSIGN(order.state, read_state(member));
  } else {
    return fail(codes::invalid_argument,
                "Member {}: not known here; expected name, kind, target, datasets, types or state.", key);
  }
  return {};
}

json::value time_of(const std::optional<Millis>& at) { return at ? json::value(*at) : json::value(nullptr); }

}  // namespace

Result<SubscriptionOrder> read_subscription_order(std::string_view body) {
  LG_ASSIGN(const json::object object, read_object(body, "name, kind and target of the subscription"));
  SubscriptionOrder order;
  for (const auto& member : object) LG_TRY(read_member(member, order));
  return order;
}

Result<DeadLetterOrder> read_dead_letter_order(std::string_view body) {
  LG_ASSIGN(const json::object object, read_object(body, "`numbers`, a list, or `all`, true"));
  DeadLetterOrder order;
  const json::value* all = object.if_contains("all");
  const json::value* numbers = object.if_contains("numbers");
  order.all = all != nullptr && all->is_bool() && all->get_bool();
  bool fine = object.size() == 1 && (order.all || (numbers != nullptr && numbers->is_array()));
  if (fine && !order.all) {
    for (const json::value& number : numbers->get_array()) {
      fine = fine && number.is_int64();
      if (fine) order.numbers.push_back(number.get_int64());
    }
    fine = fine && !order.numbers.empty() && order.numbers.size() <= numbers_max;
  }
  if (fine) return order;
  return fail(codes::invalid_argument,
              "Expected either `numbers`, a list of 1 to {} numbers of dead letters, or `all`, true.", numbers_max);
}

json::object to_json(const ledger::Subscription& subscription) {
  boost::system::error_code failed;
  json::value target = json::parse(subscription.target, failed);
  json::array types;
  for (const std::string& kind : subscription.types) types.emplace_back(events::event_type(kind));
  const json::array datasets(subscription.datasets.begin(), subscription.datasets.end());
  json::object made{
      {"id", subscription.id.text()},
      {"name", subscription.name},
      {"kind", subscription.kind},
      {"target", failed ? json::value(json::object()) : std::move(target)},
      {"datasets", subscription.all_datasets ? json::value(nullptr) : json::value(datasets)},
      {"types", types.empty() ? json::value(nullptr) : json::value(std::move(types))},
      {"state", ledger::to_string(subscription.state)},
      {"startPosition", subscription.start_position},
      {"failingSince", time_of(subscription.failing_since)},
      {"created", subscription.created},
      {"createdUser", subscription.created_user},
      {"updated", subscription.updated},
      {"updatedUser", subscription.updated_user},
  };
  if (!subscription.reason.empty()) made.emplace("reason", subscription.reason);
  return made;
}

json::object to_json(const ledger::LaneStatus& status) {
  const ledger::DeliveryLane& lane = status.lane;
  json::object made{{"dataset", lane.dataset.text()},
                    {"cursor", lane.cursor},
                    {"newest", status.last_seq},
                    {"waiting", std::max<int64_t>(0, status.last_seq - lane.cursor)},
                    {"oldestWaiting", time_of(status.oldest_waiting)},
                    {"attempts", lane.attempts},
                    {"nextAttempt", time_of(lane.due)},
                    {"updated", lane.updated}};
  if (lane.last_status != 0) made.emplace("lastStatus", lane.last_status);
  if (!lane.last_error.empty()) made.emplace("lastError", lane.last_error);
  return made;
}

json::object to_json(const ledger::DeadLetter& letter) {
  json::object made{{"number", letter.number},
                    {"dataset", letter.dataset.text()},
                    {"seq", letter.seq},
                    {"lastSeq", letter.last_seq},
                    {"eventId", fmt::format("{}/{}", letter.dataset, letter.seq)},
                    {"cause", letter.cause},
                    {"at", letter.at},
                    {"attempts", letter.attempts},
                    {"nextAttempt", time_of(letter.due)}};
  if (letter.last_status != 0) made.emplace("lastStatus", letter.last_status);
  if (!letter.last_error.empty()) made.emplace("lastError", letter.last_error);
  return made;
}

Result<delivery::Target> kept_target(const ledger::Subscription& subscription) {
  boost::system::error_code failed;
  json::value shown = json::parse(subscription.target, failed);
  json::value secrets = failed ? json::value() : json::parse(subscription.secrets, failed);
  if (failed || !shown.is_object() || !secrets.is_object())
    return fail(codes::corrupt, "The target of subscription {} cannot be read.", subscription.id);
  return delivery::Target{.shown = std::move(shown.get_object()), .secrets = std::move(secrets.get_object())};
}

}  // namespace lakegate::api
