// CheckSchema as JSON text, lossless and versioned: what the ledger pins and a worker process is given. The same value
// gives the same bytes, so their hash names it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/check_schema.h"

namespace lakegate {

std::string check_schema_to_json(const CheckSchema& schema);

// `corrupt`: not JSON, another version, a missing or unknown member, a wrong number of children, nested deeper than
// 100.
Result<CheckSchema> check_schema_from_json(std::string_view text);

}  // namespace lakegate
