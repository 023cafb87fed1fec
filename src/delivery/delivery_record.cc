#include "delivery/delivery_record.h"

#include <algorithm>
#include <utility>

#include "ledger/subscriptions.h"

namespace lakegate::delivery {
namespace {

constexpr size_t error_bytes_max = 1'000;

std::string shortened(std::string text) {
  if (text.size() <= error_bytes_max) return text;
  size_t end = error_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not within a character
  return text.substr(0, end) + "…";
}

class Recorder {
 public:
  Recorder(Tx& tx, const Decision& decision, const DeliverySettings& settings)
      : tx_(tx), decision_(decision), settings_(settings) {}

  Result<Recorded> run() {
    LG_TRY(record_step());
    return recorded_;
  }

 private:
  const Step& step() const { return decision_.step; }
  SubscriptionNumber subscription() const { return step().lane.subscription; }

  Status record_step() {
    switch (step().kind) {
      case Step::Kind::sent: return step().letter ? record_again() : record_sent();
      case Step::Kind::skip: return move(step().seq);
      case Step::Kind::pruned: return step().letter ? end_letter("pruned", pruned_text()) : record_gap();
      case Step::Kind::idle: return ledger::rest_lane(tx_, step().lane);
    }
    return {};
  }

  Status record_sent() {
    switch (step().outcome.kind) {
      case Outcome::Kind::delivered: return move(step().seq);
      case Outcome::Kind::refused: return give_up("refused");
      case Outcome::Kind::gone:
        LG_TRY(set_back(decision_.now));
        return suspend(fmt::format("The receiver wants no more events: {}", shortened(step().outcome.reason)));
      case Outcome::Kind::retry: break;
    }
    if (!decision_.pause) LG_TRY(give_up("failed"));
    if (decision_.pause) LG_TRY(set_back(decision_.now + *decision_.pause));
    if (!decision_.suspend_as_failing) return {};
    return suspend(
        fmt::format("Nothing could be delivered for too long. The last failure: {}", shortened(step().outcome.reason)));
  }

  // Of a dead letter.
  Status record_again() {
    switch (step().outcome.kind) {
      case Outcome::Kind::delivered: {
        LG_TRY(ledger::remove_dead_letter(tx_, subscription(), step().letter->number));
        return {};
      }
      case Outcome::Kind::refused: return end_letter("refused", step().outcome.reason);
      case Outcome::Kind::gone:
        LG_TRY(end_letter("failed", step().outcome.reason));
        return suspend(fmt::format("The receiver wants no more events: {}", shortened(step().outcome.reason)));
      case Outcome::Kind::retry: break;
    }
    if (!decision_.pause) return end_letter("failed", step().outcome.reason);
    ledger::DeadLetter letter = *step().letter;
    ++letter.attempts;
    letter.due = decision_.now + *decision_.pause;
    letter.last_status = step().outcome.http_status;
    letter.last_error = shortened(step().outcome.reason);
    return ledger::update_dead_letter(tx_, letter);
  }

  Status end_letter(std::string_view cause, std::string reason) {
    ledger::DeadLetter letter = *step().letter;
    if (step().kind == Step::Kind::sent) ++letter.attempts;
    letter.cause = cause;
    letter.at = decision_.now;
    letter.due.reset();
    letter.last_status = step().outcome.http_status;
    letter.last_error = shortened(std::move(reason));
    return ledger::update_dead_letter(tx_, letter);
  }

  static std::string pruned_text() {
    return "Removed by the server's retention of events before it could be delivered.";
  }

  Status record_gap() {
    return dead_letter({.subscription = subscription(),
                        .dataset = step().lane.dataset,
                        .seq = step().lane.cursor + 1,
                        .last_seq = step().seq,
                        .cause = "pruned",
                        .at = decision_.now,
                        .last_error = pruned_text()});
  }

  Status give_up(std::string_view cause) {
    return dead_letter({.subscription = subscription(),
                        .dataset = step().lane.dataset,
                        .seq = step().seq,
                        .last_seq = step().seq,
                        .cause = std::string(cause),
                        .at = decision_.now,
                        .attempts = step().lane.attempts + 1,
                        .last_status = step().outcome.http_status,
                        .last_error = shortened(step().outcome.reason)});
  }

  // Where there is no room for another one the lane stands still, with its subscription.
  Status dead_letter(const ledger::DeadLetter& letter) {
    LG_ASSIGN(const auto there, ledger::get_subscription(tx_, subscription()));
    if (!there) return {};
    LG_ASSIGN(const int64_t count, ledger::count_dead_letters(tx_, subscription()));
    if (count >= settings_.dead_letters_max) {
      LG_TRY(set_back(decision_.now));
      return suspend(
          fmt::format("It has {} dead letters, which is the most. Send them again or remove them, then resume. The "
                      "one that found no room: {}",
                      count, letter.last_error));
    }
    LG_TRY(ledger::add_dead_letter(tx_, letter));
    recorded_.dead_letters += letter.last_seq - letter.seq + 1;
    return move(letter.last_seq);
  }

  Status move(int64_t cursor) {
    return ledger::move_lane(tx_, subscription(), step().lane.dataset, cursor, decision_.now);
  }

  Status set_back(Millis due) {
    ledger::DeliveryLane lane = step().lane;
    lane.due = due;
    if (step().kind == Step::Kind::sent) {
      ++lane.attempts;
      lane.last_status = step().outcome.http_status;
      lane.last_error = shortened(step().outcome.reason);
    }
    lane.updated = decision_.now;
    return ledger::set_lane_back(tx_, lane);
  }

  Status suspend(const std::string& reason) {
    recorded_.suspended = true;
    return ledger::suspend_subscription(tx_, subscription(), reason, decision_.now);
  }

  Tx& tx_;
  const Decision& decision_;
  const DeliverySettings& settings_;
  Recorded recorded_;
};

}  // namespace

Result<Recorded> record(Tx& tx, const Decision& decision, const DeliverySettings& settings) {
  return Recorder(tx, decision, settings).run();
}

}  // namespace lakegate::delivery
