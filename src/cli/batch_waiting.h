// Waiting for a batch to reach its end.
#pragma once

#include <boost/json.hpp>

#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"
#include "cli/api_client.h"

namespace lakegate::cli {

// The Catalog's document of the batch. `not_found_by_server`.
Result<boost::json::value> fetch_batch(ApiClient& api, const std::string& id);

// Asks again with growing pauses, from 20 milliseconds up to 2 seconds, until the batch is in a final state. `on_state`
// is told each state that is seen. `waited_long_enough` after `timeout`; 0: never.
Result<boost::json::value> wait_until_final(ApiClient& api, const std::string& id, std::chrono::seconds timeout,
                                            const std::function<void(const std::string&)>& on_state);

}  // namespace lakegate::cli
