// The body of POST /batches, contract/batch-ingestion.md "Create body".
#pragma once

#include <string_view>

#include "base/result.h"
#include "pipeline/batch_creation.h"

namespace lakegate::api {

inline constexpr size_t external_id_bytes_max = 512;
inline constexpr size_t batch_json_bytes_max = 64 * 1024;  // of tags, and of inputFormat

// A null member counts as absent, unknown ones are ignored. `invalid_argument` names the member, what was found and
// what is expected; `not_offered`: what would change which rows are loaded and is not done yet (partial ingestion)
// is refused, never ignored.
Result<pipeline::BatchOrder> read_batch_order(std::string_view body);

}  // namespace lakegate::api
