#include <boost/asio/this_coro.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include "api/answer_once.h"
#include "api/batch_json.h"
#include "api/catalog.h"
#include "api/catalog_answer.h"
#include "api/catalog_batch_writing.h"
#include "api/catalog_list_parameters.h"
#include "api/catalog_operations.h"
#include "api/commit_wait.h"
#include "api/preferences.h"
#include "api/replay_json.h"
#include "http/run_on.h"
#include "ledger/batch_fields.h"
#include "ledger/batches.h"

namespace lakegate::api {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

// A list has the first ones, a look-up all: a page of failed batches stays within a few megabytes.
constexpr int64_t listed_errors_max = 20;

Result<http::Response> get_list(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                                const auth::Identity& identity) {
  LG_ASSIGN(const auto query, parse_list_query(request, batch_list_vocabulary()));
  const ShownMembers shown(request);
  const BatchRendering rendering = batch_rendering(parts, identity);
  const Millis now = parts.clock.now_ms();
  LG_ASSIGN(const std::vector<Batch> batches,
            ledger::list_batches(tx, identity.scope, parts.page_marks->go_on(identity.scope, query, now)));
  if (std::ssize(batches) == query.limit) parts.page_marks->remember(identity.scope, query, batches.back(), now);
  json::object keyed;
  for (const Batch& batch : batches) {
    LG_ASSIGN(json::object rendered, show_batch(tx, batch, shown.shows("errors") ? listed_errors_max : 0, rendering));
    keyed.emplace(batch.id.text(), shown.select(std::move(rendered)));
  }
  return catalog_answer(keyed);
}

Result<http::Response> get_one(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                               const auth::Identity& identity) {
  const BatchId id(request.path_parameter("id"));
  const BatchRendering rendering = batch_rendering(parts, identity);
  LG_ASSIGN(const Batch batch, ledger::find_batch(tx, identity.scope, id));
  if (is_known_version(request, batch.version, batch.updated)) return answer_not_modified(batch.version);
  LG_ASSIGN(json::object object, show_batch(tx, batch, ledger::errors_per_batch_max, rendering));
  LG_ASSIGN(const std::vector<BatchTransition> history, ledger::history(tx, id));
  object["history"] = render_history(history, rendering);
  add_state_times(history, batch, rendering, object);
  return catalog_answer(id.text(), ShownMembers(request).select(std::move(object)), batch.version);
}

constexpr CatalogRead reads[] = {{"/batches", get_list}, {"/batches/{id}", get_one}, {"/batch/{id}", get_one}};

}  // namespace

std::span<const CatalogRead> batch_reads() { return reads; }

// Errors are asked for where there are any: failed batches.
Result<json::object> show_batch(ReadTx& tx, const Batch& batch, int64_t errors_max, const BatchRendering& rendering) {
  std::vector<BatchError> errors;
  if (errors_max > 0 && batch.status == BatchStatus::failed) {
    LG_ASSIGN(errors, ledger::errors_of(tx, batch.id, errors_max));
  }
  json::object rendered = render_batch(batch, errors, rendering);
  LG_TRY(add_replay(tx, batch.id, rendered));
  LG_ASSIGN(const ledger::AvailableDates dates, ledger::available_dates(tx, batch.id));
  if (dates == ledger::AvailableDates()) return rendered;
  json::object shown;
  if (dates.start) shown["startDate"] = *dates.start;
  if (dates.end) shown["endDate"] = *dates.end;
  rendered["availableDates"] = std::move(shown);
  return rendered;
}

namespace {

using ReadOne = decltype(CatalogRead::run);

// Look-ups of one batch wait, if that is preferred, until it is at its end. Of a batch that is not there nobody waits.
asio::awaitable<Result<http::Response>> read_one(const CatalogRoutes& parts, ReadOne run, const http::Request& request,
                                                 const auth::Identity& identity) {
  const auto look = [&] {
    return parts.ledger.read([&](ReadTx& tx) -> Result<bool> {
      LG_ASSIGN(const Batch batch, ledger::find_batch(tx, identity.scope, BatchId(request.path_parameter("id"))));
      return is_final(batch.status);
    });
  };
  const auto answer = [&] { return parts.ledger.read([&](ReadTx& tx) { return run(tx, parts, request, identity); }); };
  const auto wanted = preferred_wait(request);
  if (!wanted) co_return co_await http::run_on(parts.pool, answer);
  const std::chrono::seconds patience = std::min(*wanted, parts.wait_max);
  const auto executor = co_await asio::this_coro::executor;
  CommitWait wait = CommitWait::for_end(parts.watch, executor, BatchId(request.path_parameter("id")));
  LG_CO_ASSIGN(const bool ended, co_await http::run_on(parts.pool, look));
  if (!ended) co_await wait.until_told(patience);
  LG_CO_ASSIGN(http::Response response, co_await http::run_on(parts.pool, answer));
  if (wait.waits()) response.headers.set("Preference-Applied", fmt::format("wait={}", patience.count()));
  co_return std::move(response);
}

void add_batch_reads(http::Router& router, const CatalogRoutes& parts) {
  for (const CatalogRead& read : batch_reads()) {
    if (!read.path.ends_with("/{id}")) {
      add_catalog_reads(router, parts, {&read, 1});
      continue;
    }
    router.add_stream("GET", fmt::format("{}{}", catalog_root, read.path),
                      parts.gateway.authorised_stream(
                          Right::read, [parts, run = read.run](const http::Request& request, http::BodyStream&,
                                                               const auth::Identity& identity) {
                            return read_one(parts, run, request, identity);
                          }));
  }
}

}  // namespace

void add_catalog_batch_routes(http::Router& router, const CatalogRoutes& parts) {
  add_batch_reads(router, parts);
  const auto make = [parts](const http::Request& request, const auth::Identity& identity) {
    return create_batch(parts, request, identity);
  };
  router.add("POST", fmt::format("{}/batches", catalog_root), parts.gateway.creating(Right::ingest, make));
  for (const char* path : {"/batches/{id}", "/batch/{id}"}) {
    const std::string pattern = fmt::format("{}{}", catalog_root, path);
    for (const CatalogWrite& write : batch_writes()) {
      if (write.path != "/batches/{id}") continue;
      const auto handle = [parts, run = write.run](const http::Request& request, const auth::Identity& identity) {
        return parts.ledger.write([&](Tx& tx) { return run(tx, parts, request, identity); });
      };
      const bool posts = write.method == "POST";
      router.add(std::string(write.method), pattern,
                 parts.gateway.authorised(write.need, posts ? answering_again(parts.ledger, parts.clock, handle)
                                                            : Gateway::Handler(handle)));
    }
    router.add(
        "DELETE", pattern,
        parts.gateway.authorised(Right::ingest, [parts](const http::Request& request, const auth::Identity& identity) {
          return delete_batch(parts, request, identity);
        }));
  }
}

}  // namespace lakegate::api
