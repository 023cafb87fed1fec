#include <boost/asio/this_coro.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "api/answer_once.h"
#include "api/batch_json.h"
#include "api/batch_order.h"
#include "api/commit_wait.h"
#include "api/import.h"
#include "api/import_request.h"
#include "api/preferences.h"
#include "api/replay_json.h"
#include "base/crash_point.h"
#include "http/run_on.h"
#include "ledger/batches.h"
#include "pipeline/batch_actions.h"
#include "pipeline/batch_creation.h"

namespace lakegate::api {
namespace {

namespace asio = boost::asio;
using pipeline::BatchAction;

constexpr std::array actions = {BatchAction::complete, BatchAction::abort, BatchAction::fail, BatchAction::revert};
const std::array action_words = {to_string(actions[0]), to_string(actions[1]), to_string(actions[2]),
                                 to_string(actions[3])};

pipeline::BatchClient client_of(const auth::Identity& identity) {
  return {.scope = identity.scope, .client_id = identity.client_id, .user = identity.user_id, .trace = identity.trace};
}

Result<std::string> batch_json(ReadTx& tx, const ImportRoutes& parts, const Batch& batch,
                               const auth::Identity& identity) {
  LG_ASSIGN(const std::vector<BatchError> errors, ledger::errors_of(tx, batch.id));
  const BatchRendering rendering{
      .ims_org = identity.ims_org.text(), .sandbox_id = identity.sandbox_id, .active_word = parts.active_word};
  boost::json::object rendered = render_batch(batch, errors, rendering);
  LG_TRY(add_replay(tx, batch.id, rendered));
  return boost::json::serialize(rendered);
}

Result<http::Response> create(const ImportRoutes& parts, const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(const IdempotencyKey key, read_idempotency_key(request, "create batch"));
  LG_ASSIGN(const pipeline::BatchOrder order, read_batch_order(request.body));
  const Millis now = parts.uploads.clock.now_ms();
  const BatchId id(parts.uploads.random.ulid(now));
  const auto work = [&](Tx& tx) -> Result<ledger::StoredAnswer> {
    LG_ASSIGN(const Batch batch, pipeline::create_batch(tx, client_of(identity), order, id, now));
    LG_ASSIGN(std::string body, batch_json(tx, parts, batch, identity));
    return ledger::StoredAnswer{.status = 201, .location = {}, .body = std::move(body)};
  };
  LG_ASSIGN(ledger::StoredAnswer answer, answer_once(parts.uploads.ledger, identity.scope, key, now, work));
  crash_point("batch.created");
  return to_response(std::move(answer));
}

// Blocks.
Result<Batch> perform(const ImportRoutes& parts, const http::Request& request, BatchAction action,
                      const auth::Identity& identity) {
  pipeline::BatchActions batch_actions(parts.uploads.ledger, parts.promoter, parts.uploads.clock,
                                       parts.uploads.limits.batch_bytes_max);
  return batch_actions.perform(action, client_of(identity), BatchId(request.path_parameter("batchId")));
}

// As it is now. Blocks.
Result<http::Response> show(const ImportRoutes& parts, const BatchId& id, const auth::Identity& identity) {
  LG_ASSIGN(std::string body, parts.uploads.ledger.read([&](ReadTx& tx) -> Result<std::string> {
    LG_ASSIGN(const Batch batch, ledger::find_batch(tx, identity.scope, id));
    return batch_json(tx, parts, batch, identity);
  }));
  return http::Response::text(200, "application/json", std::move(body));
}

// COMPLETE, answered with the state that the batch has at last, or when the time is over. Who asks for that wants to
// see it, whatever Accept says.
asio::awaitable<Result<http::Response>> complete_and_wait(const ImportRoutes& parts, const http::Request& request,
                                                          const auth::Identity& identity, std::chrono::seconds wanted) {
  const std::chrono::seconds patience = std::min(wanted, parts.wait_max);
  const auto executor = co_await asio::this_coro::executor;
  CommitWait wait = CommitWait::for_end(parts.watch, executor, BatchId(request.path_parameter("batchId")));
  LG_CO_ASSIGN(const Batch batch, co_await http::run_on(parts.uploads.pool, [&] {
                 return perform(parts, request, BatchAction::complete, identity);
               }));
  if (!is_final(batch.status)) co_await wait.until_told(patience);
  LG_CO_ASSIGN(http::Response response,
               co_await http::run_on(parts.uploads.pool, [&] { return show(parts, batch.id, identity); }));
  if (wait.waits()) response.headers.set("Preference-Applied", fmt::format("wait={}", patience.count()));
  co_return std::move(response);
}

asio::awaitable<Result<http::Response>> act_now(const ImportRoutes& parts, const http::Request& request,
                                                const auth::Identity& identity) {
  LG_CO_ASSIGN(const size_t action, read_action(request, action_words));
  const auto wait = actions[action] == BatchAction::complete ? preferred_wait(request) : std::nullopt;
  if (wait) co_return co_await complete_and_wait(parts, request, identity, *wait);
  const bool json = wants_json(request);
  co_return co_await http::run_on(parts.uploads.pool, [&]() -> Result<http::Response> {
    LG_ASSIGN(const Batch batch, perform(parts, request, actions[action], identity));
    return json ? show(parts, batch.id, identity) : http::Response::empty(200);
  });
}

asio::awaitable<Result<http::Response>> act(const ImportRoutes& parts, const http::Request& request,
                                            const auth::Identity& identity) {
  LG_CO_ASSIGN(const IdempotencyKey key, read_action_key(request));
  if (key.text.empty()) co_return co_await act_now(parts, request, identity);
  LG_CO_ASSIGN(std::optional<http::Response> kept, co_await http::run_on(parts.uploads.pool, [&] {
                 return find_kept(parts.uploads.ledger, identity.scope, key);
               }));
  if (kept) co_return *std::move(kept);
  LG_CO_ASSIGN(http::Response response, co_await act_now(parts, request, identity));
  co_return co_await http::run_on(parts.uploads.pool, [&] {
    return keep(parts.uploads.ledger, identity.scope, key, parts.uploads.clock.now_ms(), std::move(response));
  });
}

}  // namespace

void add_import_batch_routes(http::Router& router, const ImportRoutes& parts) {
  const auto make = [parts](const http::Request& request, const auth::Identity& identity) {
    return create(parts, request, identity);
  };
  router.add("POST", "/data/foundation/import/batches", parts.gateway.creating(Right::ingest, make));
  router.add("PATCH", "/data/foundation/import/batches", parts.gateway.creating(Right::ingest, make));
  // A stream only because it may wait: it never looks at its body.
  router.add_stream(
      "POST", "/data/foundation/import/batches/{batchId}",
      parts.gateway.authorised_stream(
          Right::ingest, [parts](const http::Request& request, http::BodyStream&, const auth::Identity& identity) {
            return act(parts, request, identity);
          }));
}

}  // namespace lakegate::api
