// Waiting for a batch to reach its end.
#pragma once

#include <boost/json.hpp>

#include <chrono>
#include <string>

#include "base/result.h"
#include "cli/api_client.h"

namespace lakegate::cli {

// The Catalog's document of the batch. `not_found_by_server`.
Result<boost::json::value> fetch_batch(ApiClient& api, const std::string& id);

// Until the batch is in a final state: the server answers when it is there, and is asked again when it has waited as
// long as it does. `waited_long_enough` after `timeout`; 0: never.
Result<boost::json::value> wait_until_final(ApiClient& api, const std::string& id, std::chrono::seconds timeout);

}  // namespace lakegate::cli
