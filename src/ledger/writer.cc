#include "ledger/writer.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "base/crash_point.h"
#include "base/error_codes.h"

namespace lakegate::ledger {
namespace {

using Keep = Connection::Keep;

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, const LedgerOptions& options, std::mutex& gate, StopSwitch& stop)
    : connection_(std::move(connection)),
      queue_max_(options.write_queue_max),
      group_max_(options.group_members_max),
      gate_(gate),
      stop_(stop) {}

Status Writer::write(const Function& function) {
  Member member{.function = function};
  LG_ASSIGN(const bool leads, join(member));
  if (!leads) {
    member.called.wait();
    if (!member.leads) return std::move(member.status);
  }
  const std::vector<Member*> group = take_group();
  {
    const std::lock_guard gate(gate_);
    write_group(group);
  }
  pass_on();
  for (Member* other : group) {
    if (other != &member) other->called.ring();  // it goes as soon as its caller wakes
  }
  return std::move(member.status);
}

// Into the queue. Returns whether it leads, since nobody does; else whoever leads may change its member from now on.
Result<bool> Writer::join(Member& member) {
  const std::lock_guard lock(mutex_);
  if (stop_.stopped()) return fail(codes::unavailable, "The ledger stopped, since its disk failed. See the log.");
  if (queue_.size() >= queue_max_) {
    ++refused_;
    return fail(codes::unavailable, "The ledger has {} changes waiting already. Try again in a moment.", queue_.size());
  }
  queue_.push_back(&member);
  return !std::exchange(writing_, true);
}

int64_t Writer::waiting() const {
  const std::lock_guard lock(mutex_);
  return std::ssize(queue_);
}

// The leader is the first of them.
std::vector<Writer::Member*> Writer::take_group() {
  const std::lock_guard lock(mutex_);
  const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), group_max_));
  std::vector<Member*> group(queue_.begin(), queue_.begin() + count);
  queue_.erase(queue_.begin(), queue_.begin() + count);
  for (Member* member : group) member->leads = member == group.front();
  return group;
}

// Whoever came first meanwhile leads next, before this group is answered: the disk has the next sync to do.
void Writer::pass_on() {
  const std::lock_guard lock(mutex_);
  writing_ = !queue_.empty();
  if (!writing_) return;
  queue_.front()->leads = true;
  queue_.front()->called.ring();
}

// Nobody is answered before the commit, not even who failed: its reason may be what another member of the group did.
void Writer::write_group(std::span<Member* const> group) noexcept {
  const Status written = try_group(group);
  if (written.has_value()) {
    tell_listeners(group);
  } else {
    for (Member* member : group) member->status = std::unexpected(written.error());
  }
}

Status Writer::try_group(std::span<Member* const> group) {
  if (stop_.stopped()) return fail(codes::unavailable, "The ledger stopped, since its disk failed. See the log.");
  connection_->clear_failure();
  const auto failed = [this](Error cause) {
    give_up(cause);
    return std::unexpected(std::move(cause));
  };
  if (auto begun = connection_->run("BEGIN IMMEDIATE", Keep::cached); !begun) return failed(std::move(begun).error());
  int64_t kept = 0;
  for (Member* member : group) {
    auto run = group.size() == 1 ? run_closure(*member) : run_in_savepoint(*member);
    if (!run) return failed(std::move(run).error());
    if (member->status.has_value()) ++kept;
  }
  if (kept == 0) return connection_->run("ROLLBACK", Keep::cached);
  crash_point("ledger.commit");
  const auto begun_at = std::chrono::steady_clock::now();
  if (auto committed = connection_->run("COMMIT", Keep::cached); !committed) {
    Error cause = std::move(committed).error();
    // The log may hold the commit although the disk did not say so.
    if (connection_->damage() == Damage::disk) {
      cause = Error{&codes::commit_unknown, "The disk failed while the ledger committed: " + cause.message};
    }
    return failed(std::move(cause));
  }
  crash_point("ledger.committed");
  commit_us_.add(std::chrono::steady_clock::now() - begun_at);
  group_sizes_.add(kept);
  ++commits_;
  members_ += kept;
  return {};
}

// Only this member is rolled back when its closure fails. A group of one needs no savepoint.
Status Writer::run_in_savepoint(Member& member) {
  LG_TRY(connection_->run("SAVEPOINT member", Keep::cached));
  LG_TRY(run_closure(member));
  if (!member.status.has_value()) LG_TRY(connection_->run("ROLLBACK TO member", Keep::cached));
  return connection_->run("RELEASE member", Keep::cached);
}

// An error here is the group's; the member's own is its status.
Status Writer::run_closure(Member& member) {
  Tx tx(*connection_);
  try {
    member.status = member.function(tx);
  } catch (const std::exception& error) {
    member.status = fail(codes::internal, "A change of the ledger threw: {}", error.what());
  }
  // After these SQLite may have rolled everything back by itself, whatever the closure made of the error.
  if (connection_->damage() != Damage::none) return std::unexpected(*connection_->failure());
  if (member.status.has_value()) member.wakes = std::move(tx.wakes());
  return {};
}

void Writer::give_up(const Error& cause) {
  const Damage damage = connection_->damage();
  connection_->clear_failure();
  if (connection_->in_transaction()) {
    const Status undone = connection_->run("ROLLBACK", Keep::cached);
    if (!undone || connection_->in_transaction()) stop_.stop(undone ? cause : undone.error());
  }
  if (damage == Damage::disk) stop_.stop(cause);
}

void Writer::tell_listeners(std::span<Member* const> group) {
  for (const Member* member : group) {
    if (!member->status.has_value() || member->wakes.empty()) continue;
    for (const Ledger::Listener& listener : listeners_) listener(member->wakes);
  }
}

}  // namespace lakegate::ledger
