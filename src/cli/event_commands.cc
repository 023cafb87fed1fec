#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

#include "cli/commands.h"
#include "cli/dataset_finder.h"
#include "cli/error_codes.h"
#include "cli/event_stream_reader.h"
#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds first_pause = 200ms;
constexpr std::chrono::milliseconds pause_max = 5'000ms;

volatile std::sig_atomic_t stopped = 0;

void stop(int) { stopped = 1; }

// Waits of the process end at the first one; a second one kills it.
void stop_on_signals() {
  struct sigaction action = {};
  action.sa_handler = stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

// What of an event's facts tells a person most.
std::string facts_of(const json::value& data) {
  if (const json::array& errors = items(member(data, "errors")); !errors.empty()) {
    return fmt::format("{} error(s): {}", number_member(data, "errorCount"), text_member(errors[0], "description"));
  }
  if (text_member(data, "status") == "active") return fmt::format("{} rows", number_member(data, "records"));
  const std::string cause = text_member(data, "cause");
  return cause.empty() ? text_member(data, "name") : cause;
}

std::string without(std::string text, std::string_view prefix) {
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  return text;
}

// "2026-03-01T12:30:05.120Z  batch.active     01J…  65f…  120 rows"
std::string line_of(const json::value& event) {
  const json::value& data = member(event, "data");
  return one_line(fmt::format("{}  {:<16}  {:<26}  {}  {}", text_member(event, "time"),
                              without(text_member(event, "type"), "io.lakegate."), text_member(event, "subject"),
                              text_member(data, "dataset"), facts_of(data)));
}

void print(const EventStreamReader::Message& message, bool as_json) {
  if (message.type == "gap") {
    std::fprintf(stderr, "lakegate: events before the next one are gone: retention removed them (%s)\n",
                 one_line(message.data).c_str());
    return;
  }
  boost::system::error_code failed;
  const json::value event = json::parse(message.data, failed);
  if (failed) return;
  std::printf("%s\n", as_json ? message.data.c_str() : line_of(event).c_str());
  if (std::fflush(stdout) != 0) stopped = 1;  // nobody reads on; the command's end says so
}

Result<std::string> filter_of(ApiClient& api, const EventFilter& filter) {
  std::string query;
  for (const std::string& name : filter.datasets) {
    LG_ASSIGN(const FoundDataset dataset, find_dataset(api, name));
    query += "&dataset=" + percent_encode(dataset.id);
  }
  for (const std::string& type : filter.types) query += "&type=" + percent_encode(type);
  return query;
}

// In pieces, so that a signal is noticed.
void rest(std::chrono::milliseconds pause) {
  const auto end = std::chrono::steady_clock::now() + pause;
  while (stopped == 0 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(20ms);
}

bool is_passing(const Error& error) { return error.kind() == ErrorKind::unavailable || error.retry_after.has_value(); }

}  // namespace

Result<ExitStatus> tail_events(const CommonOptions& common, const EventFilter& filter) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const std::string query, filter_of(api, filter));
  stop_on_signals();
  api.set_patience(0s);  // this goes on for ever, by itself
  std::chrono::milliseconds pause = first_pause;
  bool longest_line_broken = false;
  EventStreamReader reader([&](const EventStreamReader::Message& message) { print(message, common.json); });
  const auto begin = filter.from_start ? std::string("0") : filter.after.empty() ? std::string("now") : filter.after;
  bool connected = false;
  while (stopped == 0) {
    reader.start_over();
    const std::string after = reader.cursor().empty() ? begin : reader.cursor();
    const Result<HttpAnswer> answer = api.send({.path = fmt::format("/events?after={}{}", percent_encode(after), query),
                                                .headers = {"Accept: text/event-stream"},
                                                .on_received =
                                                    [&](std::string_view bytes) {
                                                      connected = true;
                                                      pause = first_pause;
                                                      if (!reader.read(bytes)) longest_line_broken = true;
                                                    },
                                                .stops = [&] { return stopped != 0 || longest_line_broken; }});
    if (stopped != 0) break;
    if (longest_line_broken) return fail(codes::answer_not_understood, "The stream of events has a line without end.");
    if (!answer && !(connected && is_passing(answer.error()))) return std::unexpected(answer.error());
    rest(pause);
    pause = std::min(pause * 2, pause_max);
  }
  return done;
}

}  // namespace lakegate::cli
