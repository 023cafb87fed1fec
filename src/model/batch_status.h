// The batch state machine: which event leads from which state to which. DESIGN "Batch states".
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace lakegate {

// The names are the wire's words (Catalog `status`).
enum class BatchStatus {
  loading,    // created; files may come
  loaded,     // the client's COMPLETE was accepted
  staging,    // the pipeline took it; files are being judged
  staged,     // every file is judged good; waits for a round
  active,     // visible to readers
  failed,     // at least one error is recorded
  aborted,    // the client gave up
  abandoned,  // the client fell silent
  inactive,   // was active; its rows are gone from the table
  deleted,    // its objects are gone too
};

enum class BatchEvent {
  complete,        // client COMPLETE accepted
  take,            // pipeline begins
  judged,          // every file judged good
  promote,         // a round committed
  fail,            // bad data or configuration
  fail_by_client,  // client FAIL
  abort,           // client ABORT
  abandon,         // no activity for `abandon_after`
  revert,          // client REVERT
  replace,         // replaced by a replay
  expire,          // the batch's or the dataset's time is over, or the dataset was deleted
  sweep,           // objects are gone
};

inline constexpr std::array all_batch_statuses = {
    BatchStatus::loading, BatchStatus::loaded,  BatchStatus::staging,   BatchStatus::staged,   BatchStatus::active,
    BatchStatus::failed,  BatchStatus::aborted, BatchStatus::abandoned, BatchStatus::inactive, BatchStatus::deleted};

inline constexpr std::array all_batch_events = {BatchEvent::complete, BatchEvent::take,    BatchEvent::judged,
                                                BatchEvent::promote,  BatchEvent::fail,    BatchEvent::fail_by_client,
                                                BatchEvent::abort,    BatchEvent::abandon, BatchEvent::revert,
                                                BatchEvent::replace,  BatchEvent::expire,  BatchEvent::sweep};

// The state that `event` leads to, or nothing where `status` does not allow it.
std::optional<BatchStatus> next_status(BatchStatus status, BatchEvent event);

// True where no client upload or action can lead on to `active` any more.
bool is_final(BatchStatus status);

std::string_view to_string(BatchStatus status);
std::string_view to_string(BatchEvent event);

// Reads a status as filters write it: any case, `success` for active and `failure` for failed.
std::optional<BatchStatus> parse_batch_status(std::string_view text);

}  // namespace lakegate
