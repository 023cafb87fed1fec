#include "delivery/engine.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/crash_point.h"
#include "base/log.h"
#include "events/cloud_event.h"

namespace lakegate::delivery {
namespace {

constexpr int64_t subscriptions_per_page = 500;
constexpr int64_t short_look_events = 8;

// A dead letter of a dataset goes out beside the dataset's lane.
std::string key_of(const Step& step) {
  return step.letter ? "dead/" + step.lane.dataset.text() : step.lane.dataset.text();
}

Message message_of(const ledger::Event& event) {
  return {.id = events::event_id(event),
          .type = events::event_type(event.kind),
          .dataset = event.dataset_id,
          .seq = event.seq,
          .body = events::cloud_event_text(event),
          .traceparent = events::traceparent_of(event)};
}

}  // namespace

Engine::Engine(const EngineParts& parts, const DeliverySettings& settings)
    : parts_(parts), settings_(settings), thread_([this] { return pass(); }) {}

void Engine::start() { thread_.start(); }

void Engine::stop() {
  thread_.stop();
  for (auto& [number, open] : open_) close(open);
  // What was answered while the thread ended need not be sent again.
  if (const Status written = write_finished(); !written) {
    log::warning("Deliveries that were answered will be sent again", {{"cause", written.error()}});
  }
  open_.clear();
  counts_.subscriptions_active = 0;
}

void Engine::wake(std::span<const Wake> wakes) {
  bool work = false;
  for (const Wake& wake : wakes) {
    if (wake.kind == Wake::Kind::lane) events_came_ = work = true;
    if (wake.kind == Wake::Kind::subscription) subscriptions_changed_ = work = true;
  }
  if (work) thread_.wake();
}

std::optional<Millis> Engine::pass() {
  Status done = write_finished();
  if (done) done = refresh();
  if (done) done = dispatch();
  if (!done) {
    log::warning("Delivery of events waits", {{"cause", done.error()}});
    return settings_.fault_pause;
  }
  {
    const std::lock_guard lock(mutex_);
    if (!finished_.empty()) return 0;
  }
  return until_next_due(parts_.clock.now_ms());
}

// ---- Subscriptions

Status Engine::refresh() {
  if (!subscriptions_changed_.exchange(false)) return {};
  std::map<SubscriptionNumber, ledger::Subscription> rows;
  SubscriptionNumber last;
  while (true) {
    auto page = parts_.ledger.read(
        [&](ReadTx& tx) { return ledger::get_running_subscriptions(tx, last, subscriptions_per_page); });
    if (!page) {
      subscriptions_changed_ = true;
      return std::unexpected(page.error());
    }
    for (ledger::Subscription& row : *page) {
      last = row.number;
      rows.emplace(row.number, std::move(row));
    }
    if (std::ssize(*page) < subscriptions_per_page) break;
  }
  for (auto entry = open_.begin(); entry != open_.end();) {
    const auto row = rows.find(entry->first);
    const bool same = row != rows.end() && row->second.version == entry->second.row.version;
    if (!same) close(entry->second);
    entry = same ? std::next(entry) : open_.erase(entry);
  }
  for (auto& [number, row] : rows) {
    if (const auto known = open_.find(number); known == open_.end()) {
      open(std::move(row));
    } else {
      known->second.look = true;  // a dead letter of it may be due
    }
  }
  counts_.subscriptions_active = std::ssize(open_);
  return {};
}

void Engine::open(ledger::Subscription row) {
  const auto kind = parts_.kinds.find(row.kind);
  Result<std::unique_ptr<Sink>> sink =
      kind ? (*kind)->open(row) : Result<std::unique_ptr<Sink>>(std::unexpected(kind.error()));
  if (!sink) {
    log::warning("A subscription is suspended", {{"subscription", row.id}, {"cause", sink.error()}});
    const Status suspended = parts_.ledger.write([&](Tx& tx) {
      return ledger::suspend_subscription(tx, row.number, sink.error().message, parts_.clock.now_ms());
    });
    if (!suspended) subscriptions_changed_ = true;
    ++counts_.suspensions;
    return;
  }
  Open made{.row = std::move(row), .kinds = {}, .generation = ++generations_, .sink = std::move(*sink)};
  made.kinds.insert(made.row.types.begin(), made.row.types.end());
  const SubscriptionNumber number = made.row.number;
  open_.emplace(number, std::move(made));
}

void Engine::close(Open& open) { open.sink.reset(); }

// ---- Answers

Status Engine::write_finished() {
  std::vector<Finished> finished = std::exchange(unwritten_, {});
  {
    const std::lock_guard lock(mutex_);
    std::ranges::move(finished_, std::back_inserter(finished));
    finished_.clear();
  }
  if (finished.empty()) return {};
  if (Status written = write(decide(finished)); !written) {
    unwritten_ = std::move(finished);
    return written;
  }
  settle(finished);
  return {};
}

Status Engine::write(const std::vector<Decision>& decisions) {
  if (decisions.empty()) return {};
  crash_point("delivery.answered");
  const auto failing = failing_by(decisions);
  int64_t dead_letters = 0;
  std::set<SubscriptionNumber> suspended;
  LG_TRY(parts_.ledger.write([&](Tx& tx) -> Status {
    dead_letters = 0;
    suspended.clear();
    for (const Decision& decision : decisions) {
      LG_ASSIGN(const Recorded one, record(tx, decision, settings_));
      dead_letters += one.dead_letters;
      if (one.suspended) suspended.insert(decision.step.lane.subscription);
    }
    for (const auto& [number, since] : failing) LG_TRY(ledger::set_failing_since(tx, number, since));
    return {};
  }));
  crash_point("delivery.recorded");
  if (dead_letters > 0) crash_point("delivery.given_up");
  for (const auto& [number, since] : failing) open_.at(number).row.failing_since = since;
  counts_.dead_letters += dead_letters;
  for (const SubscriptionNumber number : suspended) {
    ++counts_.suspensions;
    subscriptions_changed_ = true;
    if (const auto open = open_.find(number); open != open_.end())
      log::warning("A subscription is suspended; its state has the reason", {{"subscription", open->second.row.id}});
  }
  return {};
}

// Whose time of failures begins or ends.
std::map<SubscriptionNumber, std::optional<Millis>> Engine::failing_by(const std::vector<Decision>& decisions) const {
  std::map<SubscriptionNumber, std::optional<Millis>> failing;
  for (const Decision& decision : decisions) {
    if (decision.step.kind != Step::Kind::sent || !open_.contains(decision.step.lane.subscription)) continue;
    const Outcome::Kind outcome = decision.step.outcome.kind;
    if (outcome == Outcome::Kind::delivered) failing[decision.step.lane.subscription] = std::nullopt;
    if (outcome == Outcome::Kind::retry) failing.emplace(decision.step.lane.subscription, decision.now);
  }
  std::erase_if(failing, [this](const auto& entry) {
    const std::optional<Millis> known = open_.at(entry.first).row.failing_since;
    return entry.second.has_value() == known.has_value();
  });
  return failing;
}

std::vector<Decision> Engine::decide(std::vector<Finished>& finished) {
  const Millis now = parts_.clock.now_ms();
  std::vector<Decision> decisions;
  for (const Finished& one : finished) {
    if (auto decision = decide(one, now)) decisions.push_back(*std::move(decision));
  }
  return decisions;
}

// Of a sink that was closed only what it delivered counts: the rest was cut short, and is due still.
std::optional<Decision> Engine::decide(const Finished& finished, Millis now) {
  const Step& step = finished.step;
  const auto open = open_.find(step.lane.subscription);
  const bool is_open = open != open_.end() && open->second.generation == finished.generation && open->second.sink;
  const bool delivered = step.kind == Step::Kind::sent && step.outcome.kind == Outcome::Kind::delivered;
  if (!is_open && !delivered) return std::nullopt;
  Decision decision{.step = step, .now = now};
  if (step.kind != Step::Kind::sent || step.outcome.kind != Outcome::Kind::retry) return decision;
  const int64_t failures = (step.letter ? step.letter->attempts : step.lane.attempts) + 1;
  decision.pause = settings_.schedule.after(failures, step.outcome.retry_after, parts_.random);
  const std::optional<Millis> since = open->second.row.failing_since;
  decision.suspend_as_failing = since && now - *since >= settings_.suspend_after;
  return decision;
}

// Written, or not worth it: the lanes are free.
void Engine::settle(const std::vector<Finished>& finished) {
  for (const Finished& one : finished) {
    if (one.step.kind == Step::Kind::sent) {
      --counts_.in_flight;
      ++counts_.attempts_of(one.step.outcome.kind);
    }
    if (one.step.kind == Step::Kind::skip) counts_.skipped += one.step.seq - one.step.lane.cursor;
    const auto open = open_.find(one.step.lane.subscription);
    if (open == open_.end() || open->second.generation != one.generation) continue;
    open->second.busy.erase(key_of(one.step));
    open->second.look = true;
  }
}

// ---- Sending

// Whoever was first comes last in the next pass.
Status Engine::dispatch() {
  if (events_came_.exchange(false)) {
    for (auto& [number, open] : open_) open.look = true;
  }
  const Millis now = parts_.clock.now_ms();
  std::vector<SubscriptionNumber> order;
  for (const auto& [number, open] : open_) order.push_back(number);
  std::ranges::rotate(order, std::ranges::upper_bound(order, turn_));
  if (!order.empty()) turn_ = order.front();
  for (const SubscriptionNumber number : order) LG_TRY(dispatch(open_.at(number), now));
  return {};
}

Status Engine::dispatch(Open& open, Millis now) {
  if (open.next_due && *open.next_due <= now) open.look = true;
  if (!open.look) return {};
  const size_t places = free_places(open);
  if (places == 0) return {};  // an answer makes it look again
  LG_ASSIGN(std::vector<Ready> ready, find_ready(open, now, places));
  const bool more = ready.size() > places;
  for (size_t i = 0; i < std::min(ready.size(), places); ++i) take(open, std::move(ready[i]));
  open.look = more;
  LG_ASSIGN(open.next_due, parts_.ledger.read([&](ReadTx& tx) -> Result<std::optional<Millis>> {
    LG_ASSIGN(const auto lane, ledger::next_lane_due(tx, open.row.number, now));
    LG_ASSIGN(const auto letter, ledger::next_dead_letter_due(tx, open.row.number, now));
    if (!lane || !letter) return lane ? lane : letter;
    return std::min(*lane, *letter);
  }));
  return {};
}

// What lies behind the cursor, to the first that is wanted or farther. Mostly that is near: a long look comes second.
Result<std::vector<ledger::Event>> Engine::find_next(ReadTx& tx, const Open& open,
                                                     const ledger::DeliveryLane& lane) const {
  if (open.kinds.empty()) return ledger::list_events(tx, lane.dataset, lane.cursor, 1);
  const auto wanted = [&](const ledger::Event& event) { return open.kinds.contains(event.kind); };
  LG_ASSIGN(auto events, ledger::list_events(tx, lane.dataset, lane.cursor,
                                             std::min(short_look_events, settings_.events_per_look_max)));
  if (std::ssize(events) < short_look_events || std::ranges::any_of(events, wanted)) return events;
  return ledger::list_events(tx, lane.dataset, lane.cursor, settings_.events_per_look_max);
}

// Lanes that are due and not busy, with the events behind their cursors: up to one more than there are places.
Result<std::vector<Engine::Ready>> Engine::find_ready(const Open& open, Millis now, size_t places) {
  const auto limit = static_cast<int64_t>(places + open.busy.size() + 1);
  return parts_.ledger.read([&](ReadTx& tx) -> Result<std::vector<Ready>> {
    std::vector<Ready> ready;
    LG_ASSIGN(const auto lanes, ledger::due_lanes(tx, open.row.number, now, limit));
    for (const ledger::DeliveryLane& lane : lanes) {
      if (ready.size() > places || open.busy.contains(lane.dataset.text())) continue;
      LG_ASSIGN(auto events, find_next(tx, open, lane));
      ready.push_back({.lane = lane, .letter = std::nullopt, .events = std::move(events)});
    }
    LG_ASSIGN(const auto letters, ledger::due_dead_letters(tx, open.row.number, now, limit));
    for (const ledger::DeadLetter& letter : letters) {
      if (ready.size() > places || open.busy.contains("dead/" + letter.dataset.text())) continue;
      LG_ASSIGN(auto events, ledger::list_events(tx, letter.dataset, letter.seq - 1, 1));
      ready.push_back({.lane = {.subscription = open.row.number, .dataset = letter.dataset},
                       .letter = letter,
                       .events = std::move(events)});
    }
    return ready;
  });
}

void Engine::take(Open& open, Ready ready) {
  Step step{.lane = std::move(ready.lane), .letter = std::move(ready.letter)};
  const auto later = [&](Step::Kind kind, int64_t seq) {
    step.kind = kind;
    step.seq = seq;
    open.busy.insert(key_of(step));
    const std::lock_guard lock(mutex_);
    finished_.push_back({.step = std::move(step), .generation = open.generation});
  };
  const int64_t expected = step.letter ? step.letter->seq : step.lane.cursor + 1;
  if (ready.events.empty()) return later(step.letter ? Step::Kind::pruned : Step::Kind::idle, expected);
  if (ready.events.front().seq != expected) return later(Step::Kind::pruned, ready.events.front().seq - 1);
  for (const ledger::Event& event : ready.events) {
    if (!step.letter && !open.kinds.empty() && !open.kinds.contains(event.kind)) continue;
    step.seq = event.seq;
    return send(open, std::move(step), event);
  }
  later(Step::Kind::skip, ready.events.back().seq);
}

void Engine::send(Open& open, Step step, const ledger::Event& event) {
  crash_point("delivery.read");
  open.busy.insert(key_of(step));
  ++counts_.in_flight;
  open.sink->send(message_of(event), [this, step = std::move(step), generation = open.generation](Outcome outcome) {
    Finished finished{.step = step, .generation = generation};
    finished.step.outcome = std::move(outcome);
    {
      const std::lock_guard lock(mutex_);
      finished_.push_back(std::move(finished));
    }
    thread_.wake();
  });
}

// Each subscription may always have one on its way, so that many which hang cannot hold up one that does not.
size_t Engine::free_places(const Open& open) const {
  const size_t busy = open.busy.size();
  if (busy >= settings_.in_flight_per_subscription_max) return 0;
  const auto all = static_cast<size_t>(std::max<int64_t>(0, counts_.in_flight));
  const size_t left = settings_.in_flight_max - std::min(all, settings_.in_flight_max);
  const size_t own = settings_.in_flight_per_subscription_max - busy;
  return busy == 0 ? std::max<size_t>(1, std::min(own, left)) : std::min(own, left);
}

std::optional<Millis> Engine::until_next_due(Millis now) const {
  std::optional<Millis> next;
  for (const auto& [number, open] : open_) {
    if (free_places(open) == 0) continue;  // an answer wakes
    if (open.look) return 0;
    if (open.next_due) next = std::min(next.value_or(*open.next_due), *open.next_due);
  }
  if (next) next = std::max<Millis>(1, *next - now);
  return next;
}

}  // namespace lakegate::delivery
