#include "cli/batch_waiting.h"

#include <algorithm>
#include <thread>

#include "cli/batch_report.h"
#include "cli/error_codes.h"
#include "cli/json_reading.h"

namespace lakegate::cli {

namespace json = boost::json;

Result<json::value> fetch_batch(ApiClient& api, const std::string& id) {
  LG_ASSIGN(const json::value answer, api.get(fmt::format("{}/batches/{}", catalog_root, percent_encode(id))));
  const json::value& batch = member(answer, id);
  if (!batch.is_object()) return fail(codes::not_found_by_server, "No batch {}.", id);
  return batch;
}

Result<json::value> wait_until_final(ApiClient& api, const std::string& id, std::chrono::seconds timeout,
                                     const std::function<void(const std::string&)>& on_state) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + timeout;
  std::chrono::milliseconds pause{20};
  std::string seen;
  for (;;) {
    LG_ASSIGN(const json::value batch, fetch_batch(api, id));
    const std::string state = text_member(batch, "status");
    if (state != seen && on_state) on_state(state);
    seen = state;
    if (is_final(batch)) return batch;
    if (timeout.count() > 0 && Clock::now() + pause > deadline) {
      return fail(codes::waited_long_enough,
                  "Batch {} is still {} after {} seconds; `lakegate batch wait {}` goes on waiting.", id, state,
                  timeout.count(), id);
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 3 / 2, std::chrono::milliseconds(2000));
  }
}

}  // namespace lakegate::cli
