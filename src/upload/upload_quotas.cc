#include "upload/upload_quotas.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "ledger/usage.h"
#include "model/error_codes.h"

namespace lakegate::upload {
namespace {

using Whose = std::pair<OrgNumber, SandboxNumber>;

std::array<Whose, 2> both(const Scope& scope) { return {Whose{scope.org, scope.sandbox}, Whose{scope.org, {}}}; }

std::string_view name_of(const Whose& whose) { return whose.second.value == 0 ? "org" : "sandbox"; }

// One that limits stored bytes, and how much of it is used.
struct ByteLimit {
  Whose whose;
  int64_t bytes_max = 0;
  int64_t used = 0;
};

}  // namespace

Status UploadQuotas::reload(Ledger& ledger) {
  const std::lock_guard one_at_a_time(reloading_);
  LG_ASSIGN(const auto rows, ledger.read([](ReadTx& tx) { return ledger::list_quotas(tx); }));
  std::map<Whose, ledger::Quota> read;
  for (const ledger::QuotaRow& row : rows) read.emplace(Whose{row.org, row.sandbox}, row.quota);
  const std::lock_guard lock(mutex_);
  quotas_ = std::move(read);
  return {};
}

const ledger::Quota* UploadQuotas::quota_of(const Whose& whose) const {
  const auto found = quotas_.find(whose);
  return found == quotas_.end() ? nullptr : &found->second;
}

void UploadQuotas::add(const Scope& scope, Flow more) {
  const std::lock_guard lock(mutex_);
  for (const Whose& whose : both(scope)) {
    const auto entry = flows_.try_emplace(whose).first;
    entry->second.uploads += more.uploads;
    entry->second.reserved_bytes += more.reserved_bytes;
    if (entry->second.uploads == 0 && entry->second.reserved_bytes == 0) flows_.erase(entry);
  }
}

Result<UploadQuotas::Share> UploadQuotas::open(const Scope& scope) {
  {
    const std::lock_guard lock(mutex_);
    for (const Whose& whose : both(scope)) {
      const ledger::Quota* quota = quotas_.empty() ? nullptr : quota_of(whose);
      if (quota == nullptr || !quota->open_uploads) continue;
      const auto flow = flows_.find(whose);
      if (flow == flows_.end() ? *quota->open_uploads > 0 : flow->second.uploads < *quota->open_uploads) continue;
      Error error{&codes::open_uploads_exceeded,
                  fmt::format("{} uploads to the {} are on their way, as many as its quota allows at a time.",
                              *quota->open_uploads, name_of(whose))};
      error.retry_after = std::chrono::seconds(1);
      return std::unexpected(std::move(error));
    }
    for (const Whose& whose : both(scope)) ++flows_[whose].uploads;
  }
  return Share(*this, scope, {.uploads = 1, .reserved_bytes = 0});
}

bool UploadQuotas::limits_bytes(const Scope& scope) const {
  const std::lock_guard lock(mutex_);
  return !quotas_.empty() && std::ranges::any_of(both(scope), [&](const Whose& whose) {
    const ledger::Quota* quota = quota_of(whose);
    return quota != nullptr && quota->stored_bytes.has_value();
  });
}

Result<UploadQuotas::Room> UploadQuotas::make_room(Ledger& ledger, const Scope& scope, std::optional<int64_t> announced,
                                                   int64_t credit, Millis now) {
  std::vector<ByteLimit> limits;
  {
    const std::lock_guard lock(mutex_);
    for (const Whose& whose : both(scope)) {
      const ledger::Quota* quota = quota_of(whose);
      if (quota != nullptr && quota->stored_bytes) limits.push_back({whose, *quota->stored_bytes});
    }
  }
  if (limits.empty()) return Room{};
  LG_TRY(ledger.read([&](ReadTx& tx) -> Status {
    for (ByteLimit& limit : limits) {
      if (limit.whose.second.value == 0) {
        LG_ASSIGN(const ledger::Usage used, ledger::counted_usage_of_org(tx, scope.org, now));
        limit.used = used.stored_bytes;
      } else {
        LG_ASSIGN(const auto used, ledger::counted_usage(tx, scope, now));
        limit.used = used.value_or(ledger::Usage{}).stored_bytes;
      }
    }
    return {};
  }));

  const std::lock_guard lock(mutex_);
  Room room;
  for (const ByteLimit& limit : limits) {
    const auto flow = flows_.find(limit.whose);
    const int64_t taken = limit.used + (flow == flows_.end() ? 0 : flow->second.reserved_bytes);
    const int64_t free = limit.bytes_max - taken + credit;
    auto over = ledger::stored_bytes_exceeded(name_of(limit.whose), limit.bytes_max, taken, announced.value_or(1));
    if (announced ? *announced > free : free <= 0) return over;
    if (room.bytes_max && *room.bytes_max <= free) continue;
    room.bytes_max = free;
    room.over = over.error();
  }
  if (announced) {
    for (const Whose& whose : both(scope)) flows_[whose].reserved_bytes += *announced;
    room.share.emplace(Share(*this, scope, {.uploads = 0, .reserved_bytes = *announced}));
  }
  return room;
}

int64_t UploadQuotas::open_uploads(OrgNumber org, SandboxNumber sandbox) const {
  const std::lock_guard lock(mutex_);
  const auto found = flows_.find(Whose{org, sandbox});
  return found == flows_.end() ? 0 : found->second.uploads;
}

}  // namespace lakegate::upload
