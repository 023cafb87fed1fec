#include "cli/subscription_commands.h"

#include <boost/json.hpp>

#include <cstdio>
#include <set>
#include <utility>

#include "base/error_codes.h"
#include "cli/dataset_finder.h"
#include "cli/error_codes.h"
#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view root = "/events/subscriptions";
constexpr size_t error_width_max = 500;  // the last column: its end is what to mend

// All pages of a list; `size` stays the same on the way.
Result<json::array> fetch_all(ApiClient& api, const std::string& path, std::string_view list) {
  json::array all;
  std::string start;
  while (true) {
    LG_ASSIGN(const json::value page, api.get(path + (start.empty() ? "" : "?start=" + percent_encode(start))));
    for (const json::value& one : items(member(page, list))) all.push_back(one);
    const json::value& next = member(page, "next");
    start = next.is_string() ? text(next) : next.is_number() ? std::to_string(number(next)) : std::string();
    if (start.empty()) return all;
  }
}

// By id, else by name.
Result<json::value> find(ApiClient& api, const std::string& subject) {
  LG_ASSIGN(const json::array all, fetch_all(api, std::string(root), "subscriptions"));
  for (const json::value& one : all) {
    if (text_member(one, "id") == subject) return one;
  }
  for (const json::value& one : all) {
    if (text_member(one, "name") == subject) return one;
  }
  return fail(codes::not_found_by_server, "There is no subscription with the name or id {}.", subject);
}

Result<std::string> path_of(ApiClient& api, const std::string& subject) {
  LG_ASSIGN(const json::value found, find(api, subject));
  return fmt::format("{}/{}", root, text_member(found, "id"));
}

std::string list_text(const json::value& list) {
  std::string joined;
  for (const json::value& one : items(list)) joined += (joined.empty() ? "" : ", ") + text(one);
  return joined.empty() ? "all" : joined;
}

std::string target_text(const json::value& subscription) {
  const json::value& target = member(subscription, "target");
  if (const std::string url = text_member(target, "url"); !url.empty()) return url;
  if (const std::string topic = text_member(target, "topic"); !topic.empty()) {
    return fmt::format("topic {} on {}", topic, list_text(member(target, "brokers")));
  }
  return json::serialize(target);
}

void print_subscription(const CommonOptions& common, const json::value& subscription) {
  if (common.json) return print_json(subscription);
  const auto line = [](const char* label, const std::string& value) {
    std::printf("%-10s %s\n", label, one_line(value).c_str());
  };
  line("id", text_member(subscription, "id"));
  line("name", text_member(subscription, "name"));
  line("kind", text_member(subscription, "kind"));
  line("target", target_text(subscription));
  line("datasets", list_text(member(subscription, "datasets")));
  line("types", list_text(member(subscription, "types")));
  line("state", text_member(subscription, "state"));
  if (const std::string reason = text_member(subscription, "reason"); !reason.empty()) line("reason", reason);
  if (const std::string secret = text_member(subscription, "secret"); !secret.empty()) {
    line("secret", secret);
    std::puts("The secret is not shown again.");
  }
}

std::string number_text(const json::value& object, std::string_view name) {
  return std::to_string(number_member(object, name));
}

void print_lanes(const json::array& lanes) {
  TextTable table({"DATASET", "DELIVERED", "WAITING", "OLDEST", "ATTEMPTS", "NEXT ATTEMPT", "LAST ERROR"});
  for (const json::value& lane : lanes) {
    table.add({text_member(lane, "dataset"), number_text(lane, "cursor"), number_text(lane, "waiting"),
               time_text(number_member(lane, "oldestWaiting")), number_text(lane, "attempts"),
               time_text(number_member(lane, "nextAttempt")), text_member(lane, "lastError")});
  }
  std::printf("\n%s", table.text(error_width_max).c_str());
}

Result<json::object> order_of(ApiClient& api, const NewSubscription& wanted) {
  const bool kafka = !wanted.kafka.brokers.empty();
  json::object order{{"name", wanted.name},
                     {"kind", kafka               ? "kafka"
                              : wanted.to.empty() ? wanted.kind.c_str()
                                                  : "webhook"}};
  json::value target = json::object{{"url", wanted.to}};
  if (kafka) {
    LG_ASSIGN(target, kafka_target(wanted.kafka));
  } else if (wanted.to.empty()) {
    boost::system::error_code failed;
    target = json::parse(wanted.target, failed);
    if (failed || !target.is_object()) return fail(codes::invalid_argument, "--target: expected a JSON object.");
  }
  order.emplace("target", std::move(target));
  json::array datasets;
  for (const std::string& dataset : wanted.datasets) {
    LG_ASSIGN(const FoundDataset found, find_dataset(api, dataset));
    datasets.emplace_back(found.id);
  }
  if (!datasets.empty()) order.emplace("datasets", std::move(datasets));
  if (!wanted.types.empty()) order.emplace("types", json::array(wanted.types.begin(), wanted.types.end()));
  if (wanted.paused) order.emplace("state", "paused");
  return order;
}

}  // namespace

Result<ExitStatus> create_subscription(const CommonOptions& common, const NewSubscription& wanted) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::object order, order_of(api, wanted));
  LG_ASSIGN(const json::value made, api.post_once(std::string(root), order));
  print_subscription(common, made);
  return done;
}

Result<ExitStatus> list_subscriptions(const CommonOptions& common) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::array all, fetch_all(api, std::string(root), "subscriptions"));
  if (common.json) {
    print_json(json::object{{"subscriptions", all}});
    return done;
  }
  TextTable table({"ID", "NAME", "KIND", "STATE", "TARGET", "DATASETS", "TYPES"});
  for (const json::value& one : all) {
    table.add({text_member(one, "id"), text_member(one, "name"), text_member(one, "kind"), text_member(one, "state"),
               target_text(one), list_text(member(one, "datasets")), list_text(member(one, "types"))});
  }
  std::fputs(table.text().c_str(), stdout);
  return done;
}

Result<ExitStatus> show_subscription(const CommonOptions& common, const std::string& subject) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value found, find(api, subject));
  LG_ASSIGN(const json::array lanes,
            fetch_all(api, fmt::format("{}/{}/deliveries", root, text_member(found, "id")), "deliveries"));
  if (common.json) {
    json::object whole = found.as_object();
    whole.emplace("deliveries", lanes);
    print_json(whole);
    return done;
  }
  print_subscription(common, found);
  print_lanes(lanes);
  return done;
}

Result<ExitStatus> set_subscription_state(const CommonOptions& common, const std::string& subject,
                                          const std::string& state) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const std::string path, path_of(api, subject));
  LG_ASSIGN(const json::value changed, api.patch(path, json::object{{"state", state}}));
  print_subscription(common, changed);
  return done;
}

Result<ExitStatus> delete_subscription(const CommonOptions& common, const std::string& subject) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value found, find(api, subject));
  LG_TRY(api.remove(fmt::format("{}/{}", root, text_member(found, "id"))));
  if (common.json) {
    print_json(found);
  } else {
    std::printf("Subscription %s is deleted.\n", one_line(text_member(found, "name")).c_str());
  }
  return done;
}

Result<ExitStatus> rotate_subscription_secret(const CommonOptions& common, const std::string& subject,
                                              std::optional<int64_t> overlap) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const std::string path, path_of(api, subject));
  json::object order;
  if (overlap) order.emplace("overlapSeconds", *overlap);
  LG_ASSIGN(const json::value rotated, api.post_once(path + "/rotate-secret", order));
  print_subscription(common, rotated);
  return done;
}

Result<ExitStatus> list_dead_letters(const CommonOptions& common, const std::string& subject) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const std::string path, path_of(api, subject));
  LG_ASSIGN(const json::array letters, fetch_all(api, path + "/dead-letters", "deadLetters"));
  if (common.json) {
    print_json(json::object{{"deadLetters", letters}});
    return done;
  }
  TextTable table({"NUMBER", "EVENT", "CAUSE", "AT", "ATTEMPTS", "LAST ERROR"});
  for (const json::value& letter : letters) {
    table.add({number_text(letter, "number"), text_member(letter, "eventId"), text_member(letter, "cause"),
               time_text(number_member(letter, "at")), number_text(letter, "attempts"),
               text_member(letter, "lastError")});
  }
  std::fputs(table.text(error_width_max).c_str(), stdout);
  return done;
}

Result<ExitStatus> act_on_dead_letters(const CommonOptions& common, const std::string& subject,
                                       const ChosenLetters& letters, const std::string& deed) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const std::string path, path_of(api, subject));
  json::object order;
  if (letters.all) {
    order.emplace("all", true);
  } else {
    order.emplace("numbers", json::array(letters.numbers.begin(), letters.numbers.end()));
  }
  LG_ASSIGN(const json::value answer, api.post(fmt::format("{}/dead-letters/{}", path, deed), order));
  if (common.json) {
    print_json(answer);
  } else {
    std::printf("%s: %s dead letters.\n", deed == "discard" ? "Discarded" : "On their way again",
                number_text(answer, "deadLetters").c_str());
  }
  const std::set<int64_t> asked(letters.numbers.begin(), letters.numbers.end());
  if (const int64_t found = number_member(answer, "deadLetters"); found < static_cast<int64_t>(asked.size())) {
    return fail(codes::not_found_by_server,
                "{} of the {} numbers belong to no dead letter of this subscription (any more). `lakegate subscription "
                "dead-letters` lists those that are there.",
                static_cast<int64_t>(asked.size()) - found, asked.size());
  }
  return done;
}

}  // namespace lakegate::cli
