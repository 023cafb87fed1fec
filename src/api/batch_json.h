// Batches as the wire has them, contract/catalog.md "Batch": in the Catalog's answers and in the Import API's.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <string_view>

#include "model/batch.h"

namespace lakegate::api {

inline constexpr size_t error_rows_shown_max = 100;  // of one entry of errors[]

// What a batch does not know itself.
struct BatchRendering {
  std::string_view ims_org;
  std::string_view sandbox_id;
  std::string_view active_word = "active";  // setting catalog.active_status
};

// The batch itself, without the id as key around it. `errors` is always a list. Counts, size and `metrics` are there
// once COMPLETE was accepted, because they are fixed then; output counts are those of what readers saw: 0 unless the
// batch became active.
boost::json::object render_batch(const Batch& batch, std::span<const BatchError> errors,
                                 const BatchRendering& rendering);

// The member `history` of a batch's look-up: [{"from","to","at","cause"}], oldest first.
boost::json::array render_history(std::span<const BatchTransition> history, const BatchRendering& rendering);

// The members `stateDurations`, milliseconds in each state that the batch has left, and `stateSince`, when it came into
// the one that it is in. Nothing where retention took its history.
void add_state_times(std::span<const BatchTransition> history, const Batch& batch, const BatchRendering& rendering,
                     boost::json::object& rendered);

// The wire's word for a status.
std::string_view status_word(BatchStatus status, std::string_view active_word);

// "1.0.n".
std::string version_text(int64_t version);

}  // namespace lakegate::api
