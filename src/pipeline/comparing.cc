#include "pipeline/comparing.h"

#include "base/error_codes.h"
#include "base/log.h"
#include "ledger/objects.h"

namespace lakegate::pipeline {
namespace {

constexpr int64_t page_objects = 1'000;
constexpr int64_t lines_max = 20;  // of one kind in the log

}  // namespace

void Comparing::start() {
  thread_ = std::thread([this] { run(); });
}

void Comparing::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

std::optional<Comparing::Outcome> Comparing::outcome() const {
  const std::lock_guard lock(mutex_);
  return outcome_;
}

void Comparing::run() {
  Status compared = compare_store();
  if (compared) compared = compare_ledger();
  if (stopping_) return;
  if (!compared) {
    log::error("Objects and ledger could not be compared, the next start does it", {{"cause", compared.error()}});
    return;
  }
  log::info("After the unclean stop objects were compared with the ledger, those that it does not know removed",
            {{"objects", counts_.objects}, {"removed", counts_.removed}});
  if (counts_.left > 0) {
    log::warning("Objects are newer than this ledger. Was an older one put in its place? They stay.",
                 {{"objects", counts_.left}});
  }
  if (counts_.lost > 0) {
    log::error("Objects lost bytes. Stop the server and run `lakegate verify`.", {{"objects", counts_.lost}});
  }
  const std::lock_guard lock(mutex_);
  outcome_ = counts_;
}

Status Comparing::go_on() const {
  if (!stopping_) return {};
  return fail(codes::unavailable, "The server is stopping.");
}

Status Comparing::compare_store() {
  return objects_.list([this](std::span<const StoredObject> listed) { return take_listed(listed); });
}

// An object is in the ledger before it is in the store, and in the store no more when it leaves the ledger. So what was
// listed first and is not in the ledger afterwards never comes back.
Status Comparing::take_listed(std::span<const StoredObject> listed) {
  LG_TRY(go_on());
  counts_.objects += static_cast<int64_t>(listed.size());
  LG_ASSIGN(const auto unknown, ledger_.read([&](ReadTx& tx) -> Result<std::vector<StoredObject>> {
    std::vector<StoredObject> found;
    for (const StoredObject& object : listed) {
      LG_ASSIGN(const auto row, ledger::find_object(tx, object.key));
      if (!row) found.push_back(object);
    }
    return found;
  }));
  for (const StoredObject& object : unknown) LG_TRY(take_unknown(object));
  return {};
}

Status Comparing::take_unknown(const StoredObject& object) {
  LG_ASSIGN(const bool ours,
            ledger_.read([&](ReadTx& tx) { return ledger::was_running(tx, object.modified, epoch_); }));
  if (ours) {
    LG_TRY(objects_.remove(object.key));
    if (++counts_.removed <= lines_max)
      log::info("Removed an object that the ledger does not know", {{"object", object.key}});
  } else if (++counts_.left <= lines_max) {
    log::warning("The ledger does not know an object", {{"object", object.key}});
  }
  return {};
}

Status Comparing::compare_ledger() {
  int64_t last = 0;
  while (true) {
    LG_TRY(go_on());
    LG_ASSIGN(const auto page,
              ledger_.read([&](ReadTx& tx) { return ledger::inspect_objects(tx, last, page_objects); }));
    for (const ledger::InspectedObject& row : page) {
      if (row.state == ledger::ObjectState::live) LG_TRY(check_bytes(row));
    }
    if (static_cast<int64_t>(page.size()) < page_objects) return {};
    last = page.back().number;
  }
}

Status Comparing::check_bytes(const ledger::InspectedObject& row) {
  const auto opened = objects_.open(row.key);
  if (!opened && opened.error().kind() == ErrorKind::unavailable) return std::unexpected(opened.error());
  if (opened && opened->size_bytes >= row.least_bytes()) return {};
  // It may have been condemned and removed since the page was read.
  LG_ASSIGN(const auto now, ledger_.read([&](ReadTx& tx) { return ledger::find_object(tx, row.key); }));
  if (!now || now->state != ledger::ObjectState::live) return {};
  if (++counts_.lost <= lines_max) {
    log::error(
        "An object has not all bytes that were answered for",
        {{"object", row.key}, {"bytes", opened ? opened->size_bytes : 0}, {"bytes_expected", row.least_bytes()}});
  }
  return {};
}

}  // namespace lakegate::pipeline
