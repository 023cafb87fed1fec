#include <boost/json/serialize.hpp>

#include <array>
#include <utility>
#include <vector>

#include "api/answer_once.h"
#include "api/batch_json.h"
#include "api/batch_order.h"
#include "api/import.h"
#include "api/import_request.h"
#include "base/crash_point.h"
#include "ledger/batches.h"
#include "pipeline/batch_actions.h"
#include "pipeline/batch_creation.h"

namespace lakegate::api {
namespace {

using pipeline::BatchAction;

constexpr std::array actions = {BatchAction::complete, BatchAction::abort, BatchAction::fail, BatchAction::revert};
const std::array action_words = {to_string(actions[0]), to_string(actions[1]), to_string(actions[2]),
                                 to_string(actions[3])};

pipeline::BatchClient client_of(const auth::Identity& identity) {
  return {.scope = identity.scope, .client_id = identity.client_id, .user = identity.user_id};
}

Result<std::string> batch_json(ReadTx& tx, const ImportRoutes& parts, const Batch& batch,
                               const auth::Identity& identity) {
  LG_ASSIGN(const std::vector<BatchError> errors, ledger::errors_of(tx, batch.id));
  const BatchRendering rendering{
      .ims_org = identity.ims_org.text(), .sandbox_id = identity.sandbox_id, .active_word = parts.active_word};
  return boost::json::serialize(render_batch(batch, errors, rendering));
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

Result<http::Response> act(const ImportRoutes& parts, const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(const size_t action, read_action(request, action_words));
  Ledger& ledger = parts.uploads.ledger;
  pipeline::BatchActions batch_actions(ledger, parts.promoter, parts.uploads.clock);
  const BatchId id(request.path_parameter("batchId"));
  LG_ASSIGN(const Batch batch, batch_actions.perform(actions[action], client_of(identity), id));
  if (!wants_json(request)) return http::Response::empty(200);
  LG_ASSIGN(std::string body, ledger.read([&](ReadTx& tx) { return batch_json(tx, parts, batch, identity); }));
  return http::Response::text(200, "application/json", std::move(body));
}

}  // namespace

void add_import_batch_routes(http::Router& router, const ImportRoutes& parts) {
  const auto creating = [parts](const http::Request& request, const auth::Identity& identity) {
    return create(parts, request, identity);
  };
  router.add("POST", "/data/foundation/import/batches", parts.gateway.authorised(creating));
  router.add("PATCH", "/data/foundation/import/batches", parts.gateway.authorised(creating));
  router.add("POST", "/data/foundation/import/batches/{batchId}",
             parts.gateway.authorised([parts](const http::Request& request, const auth::Identity& identity) {
               return act(parts, request, identity);
             }));
}

}  // namespace lakegate::api
