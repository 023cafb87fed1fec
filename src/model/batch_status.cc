#include "model/batch_status.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace lakegate {
namespace {

using enum BatchStatus;

bool is_before_active(BatchStatus status) {
  return status == loading || status == loaded || status == staging || status == staged;
}

std::optional<BatchStatus> when(bool allowed, BatchStatus next) {
  if (!allowed) return std::nullopt;
  return next;
}

}  // namespace

std::optional<BatchStatus> next_status(BatchStatus status, BatchEvent event) {
  switch (event) {
    case BatchEvent::complete: return when(status == loading, loaded);
    case BatchEvent::take: return when(status == loaded, staging);
    case BatchEvent::judged: return when(status == staging, staged);
    case BatchEvent::promote: return when(status == staged, active);
    // A batch fails on data only after COMPLETE was accepted: until then a bad file can still be replaced.
    case BatchEvent::fail: return when(status != loading && is_before_active(status), failed);
    case BatchEvent::fail_by_client: return when(is_before_active(status), failed);
    case BatchEvent::abort: return when(status == loading || status == loaded, aborted);
    case BatchEvent::abandon: return when(status == loading, abandoned);
    case BatchEvent::revert:
    case BatchEvent::replace: return when(status == active, inactive);
    case BatchEvent::expire: return when(status == active, inactive);
    case BatchEvent::sweep: return when(status == inactive, deleted);
  }
  return std::nullopt;
}

bool is_final(BatchStatus status) { return !is_before_active(status); }

std::string_view to_string(BatchStatus status) {
  switch (status) {
    case loading: return "loading";
    case loaded: return "loaded";
    case staging: return "staging";
    case staged: return "staged";
    case active: return "active";
    case failed: return "failed";
    case aborted: return "aborted";
    case abandoned: return "abandoned";
    case inactive: return "inactive";
    case deleted: return "deleted";
  }
  return "";
}

std::string_view to_string(BatchEvent event) {
  switch (event) {
    case BatchEvent::complete: return "complete";
    case BatchEvent::take: return "take";
    case BatchEvent::judged: return "judged";
    case BatchEvent::promote: return "promote";
    case BatchEvent::fail: return "fail";
    case BatchEvent::fail_by_client: return "fail_by_client";
    case BatchEvent::abort: return "abort";
    case BatchEvent::abandon: return "abandon";
    case BatchEvent::revert: return "revert";
    case BatchEvent::replace: return "replace";
    case BatchEvent::expire: return "expire";
    case BatchEvent::sweep: return "sweep";
  }
  return "";
}

std::optional<BatchStatus> parse_batch_status(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "success") return active;
  if (lower == "failure") return failed;
  for (const BatchStatus status : all_batch_statuses) {
    if (to_string(status) == lower) return status;
  }
  return std::nullopt;
}

}  // namespace lakegate
