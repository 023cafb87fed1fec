#include "cli/batch_waiting.h"

#include <algorithm>
#include <thread>

#include "cli/batch_report.h"
#include "cli/error_codes.h"
#include "cli/json_reading.h"

namespace lakegate::cli {

namespace json = boost::json;

namespace {

// The server may wait for less. Below the silence after which a connection counts as lost.
constexpr std::chrono::seconds one_wait_max{30};
// Of a server that does not wait, since too many do already.
constexpr std::chrono::milliseconds pause_without_wait{500};

struct Seen {
  json::value batch;
  bool waited = false;
};

Result<Seen> look(ApiClient& api, const std::string& id, std::chrono::seconds patience) {
  ApiCall call{.path = fmt::format("{}/batches/{}", catalog_root, percent_encode(id)),
               .headers = {"Accept: application/json"}};
  if (patience.count() > 0) call.headers.push_back(fmt::format("Prefer: wait={}", patience.count()));
  LG_ASSIGN(const HttpAnswer answer, api.send(call));
  boost::system::error_code failed;
  const json::value body = json::parse(answer.body, failed);
  if (failed) return fail(codes::answer_not_understood, "The server answered no JSON about batch {}.", id);
  const json::value& batch = member(body, id);
  if (!batch.is_object()) return fail(codes::not_found_by_server, "No batch {}.", id);
  return Seen{batch, answer.headers.contains("preference-applied")};
}

}  // namespace

Result<json::value> fetch_batch(ApiClient& api, const std::string& id) {
  LG_ASSIGN(Seen seen, look(api, id, std::chrono::seconds(0)));
  return std::move(seen.batch);
}

Result<json::value> wait_until_final(ApiClient& api, const std::string& id, std::chrono::seconds timeout) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + timeout;
  for (;;) {
    const auto left = timeout.count() > 0 ? std::chrono::ceil<std::chrono::seconds>(deadline - Clock::now())
                                          : std::chrono::seconds(one_wait_max);
    LG_ASSIGN(const Seen seen, look(api, id, std::clamp(left, std::chrono::seconds(1), one_wait_max)));
    if (is_final(seen.batch)) return seen.batch;
    if (timeout.count() > 0 && Clock::now() >= deadline) {
      return fail(codes::waited_long_enough,
                  "Batch {} is still {} after {} seconds; `lakegate batch wait {}` goes on waiting.", id,
                  text_member(seen.batch, "status"), timeout.count(), id);
    }
    if (!seen.waited) std::this_thread::sleep_for(pause_without_wait);
  }
}

}  // namespace lakegate::cli
