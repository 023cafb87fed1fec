#include "api/catalog_batch_writing.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "api/answer_once.h"
#include "api/batch_order.h"
#include "api/catalog_answer.h"
#include "api/catalog_operations.h"
#include "base/ascii.h"
#include "base/error_codes.h"
#include "catalog/dataset_change.h"
#include "ledger/batch_fields.h"
#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "model/error_codes.h"
#include "pipeline/batch_actions.h"
#include "pipeline/batch_creation.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;
using ledger::AvailableDates;

// Set by the server: what a client sends of them is what it once read, or of no consequence.
constexpr std::array of_server = {"id",          "imsOrg",      "sandboxId", "created",           "createdClient",
                                  "createdUser", "updated",     "version",   "updatedUser",       "history",
                                  "metrics",     "recordCount", "size",      "failedRecordCount", "errors",
                                  "started",     "completed",   "replay",    "stateDurations",    "stateSince"};

pipeline::BatchClient client_of(const auth::Identity& identity) {
  return {.scope = identity.scope, .client_id = identity.client_id, .user = identity.user_id, .trace = identity.trace};
}

std::string name_of(const Batch& batch) { return fmt::format("batch {}", batch.id); }

bool is_scalar(const json::value& value) { return value.is_string() || value.is_bool() || value.is_number(); }

Result<std::string> read_tags(const json::value* tags) {
  if (tags == nullptr || tags->is_null()) return std::string("{}");
  if (!tags->is_object())
    return fail(codes::invalid_argument, R"(Member tags is no object; expected one like {{"source": ["shop"]}}.)");
  for (const auto& [name, tag] : tags->get_object()) {
    const bool fine = tag.is_array() ? std::ranges::all_of(tag.get_array(), is_scalar) : is_scalar(tag);
    if (fine) continue;
    return fail(codes::invalid_argument, "Member tags, \"{}\": expected a list of texts like [\"shop\"].",
                std::string_view(name).substr(0, 100));
  }
  std::string text = json::serialize(*tags);
  if (text.size() <= batch_json_bytes_max) return text;
  return fail(codes::invalid_argument, "Member tags has {} bytes; at most {} are kept.", text.size(),
              batch_json_bytes_max);
}

Result<std::optional<int64_t>> read_date(const json::object& dates, std::string_view name) {
  const json::value* date = dates.if_contains(name);
  if (date == nullptr || date->is_null()) return std::nullopt;
  boost::system::error_code no_number;
  const auto number = date->to_number<int64_t>(no_number);
  if (!no_number && number >= 0) return number;
  return fail(codes::invalid_argument, "Member availableDates.{} is {}; expected seconds since 1970.", name,
              json::serialize(*date).substr(0, 100));
}

Result<AvailableDates> read_dates(const json::value* value) {
  if (value == nullptr || value->is_null()) return AvailableDates();
  if (!value->is_object())
    return fail(codes::invalid_argument, "Member availableDates is no object; expected startDate and endDate.");
  AvailableDates dates;
  LG_ASSIGN(dates.start, read_date(value->get_object(), "startDate"));
  LG_ASSIGN(dates.end, read_date(value->get_object(), "endDate"));
  return dates;
}

// A batch's state, files and counts are facts of its own: only tags and availableDates are the Catalog's to change.
Status check_fixed(const json::object& shown, const json::object& wanted) {
  for (const auto& [name, value] : wanted) {
    const std::string_view member = name;
    if (member == "tags" || member == "availableDates") continue;
    if (std::ranges::find(of_server, member) != of_server.end()) continue;
    const json::value* former = shown.if_contains(member);
    if (former != nullptr && *former == value) continue;
    if (member == "status") {
      return fail(codes::invalid_argument,
                  "Member status is {}, and the batch's is {}: it is changed by POST /data/foundation/import/batches/ID"
                  "?action=COMPLETE, ABORT, FAIL or REVERT alone.",
                  json::serialize(value).substr(0, 100), former == nullptr ? "" : json::serialize(*former));
    }
    return fail(
        codes::invalid_argument,
        "Member {} of a batch cannot be changed; expected tags or availableDates. It is fixed when the batch is "
        "made.",
        member.substr(0, 100));
  }
  return {};
}

template <catalog::ChangeForm form>
Result<http::Response> change_in(Tx& tx, const CatalogRoutes& parts, const http::Request& request,
                                 const auth::Identity& identity) {
  const BatchId id(request.path_parameter("id"));
  LG_ASSIGN(const json::value change, parse_catalog_body(request));
  LG_ASSIGN(Batch batch, ledger::find_batch(tx, identity.scope, id));
  LG_TRY(check_conditions(request, batch.version, batch.updated, name_of(batch)));
  LG_ASSIGN(const json::object shown,
            show_batch(tx, batch, ledger::errors_per_batch_max, batch_rendering(parts, identity)));
  LG_ASSIGN(const json::object wanted, catalog::change_document(shown, change, form));
  LG_TRY(check_fixed(shown, wanted));
  LG_ASSIGN(batch.tags_json, read_tags(wanted.if_contains("tags")));
  LG_ASSIGN(const AvailableDates dates, read_dates(wanted.if_contains("availableDates")));
  if (wants_validation_only(request)) return answer_unchanged();
  batch.updated = parts.clock.now_ms();
  batch.updated_user = identity.user_id;
  LG_ASSIGN(const Batch stored, ledger::update_batch_fields(tx, batch, dates));
  return answer_changed("batches", stored.id.text(), stored.version);
}

// The dataset as the Catalog's batches name it, or as the Import API's orders do.
Result<std::string> read_dataset(const json::object& body) {
  for (const std::string_view name : {"datasetId", "dataSetId"}) {
    const json::value* id = body.if_contains(name);
    if (id != nullptr && id->is_string()) return std::string(id->get_string());
  }
  const json::value* related = body.if_contains("relatedObjects");
  if (related != nullptr && related->is_array()) {
    for (const json::value& one : related->get_array()) {
      if (!one.is_object()) continue;
      const json::value* type = one.get_object().if_contains("type");
      const json::value* id = one.get_object().if_contains("id");
      if (type != nullptr && *type == "dataSet" && id != nullptr && id->is_string())
        return std::string(id->get_string());
    }
  }
  return fail(codes::invalid_argument,
              R"(Member relatedObjects names no dataset; expected [{{"type": "dataSet", "id": "…"}}].)");
}

Status check_first_status(const json::object& body) {
  const json::value* status = body.if_contains("status");
  if (status == nullptr)
    return fail(codes::invalid_argument, "Member status is missing; expected \"loading\", the state of a new batch.");
  if (status->is_string() && ascii::lower(status->get_string()) == "loading") return {};
  return fail(codes::invalid_argument,
              "Member status is {}; a new batch is \"loading\". The other states follow from the Import API's actions.",
              json::serialize(*status).substr(0, 100));
}

struct NewBatch {
  pipeline::BatchOrder order;
  AvailableDates dates;
};

Result<NewBatch> read_new(const http::Request& request) {
  LG_ASSIGN(const json::value body, parse_catalog_body(request));
  if (!body.is_object())
    return fail(codes::invalid_argument, "The body is no JSON object; expected one with status and relatedObjects.");
  json::object order = body.get_object();
  LG_TRY(check_first_status(order));
  LG_ASSIGN(const std::string dataset, read_dataset(order));
  order["datasetId"] = dataset;
  NewBatch made;
  LG_ASSIGN(made.order, read_batch_order(json::serialize(order)));
  LG_ASSIGN(made.dates, read_dates(order.if_contains("availableDates")));
  return made;
}

Result<ledger::StoredAnswer> insert_new(Tx& tx, const CatalogRoutes& parts, const NewBatch& made, const BatchId& id,
                                        const auth::Identity& identity) {
  LG_ASSIGN(const Batch batch, pipeline::create_batch(tx, client_of(identity), made.order, id, parts.clock.now_ms()));
  if (batch.id == id) LG_TRY(ledger::set_available_dates(tx, batch.id, made.dates));
  return ledger::StoredAnswer{.status = 201,
                              .location = fmt::format("{}/batches/{}", catalog_root, batch.id),
                              .body = reference_to("batches", batch.id.text())};
}

Result<http::Response> create_in(Tx& tx, const CatalogRoutes& parts, const http::Request& request,
                                 const auth::Identity& identity) {
  LG_ASSIGN(const NewBatch made, read_new(request));
  LG_TRY(ledger::find_dataset(tx, identity.scope, made.order.dataset));
  if (wants_validation_only(request)) return answer_unchanged();
  const BatchId id(parts.random.ulid(parts.clock.now_ms()));
  LG_ASSIGN(ledger::StoredAnswer answer, insert_new(tx, parts, made, id, identity));
  return to_response(std::move(answer));
}

constexpr CatalogWrite writes[] = {
    {"POST", "/batches", Right::ingest, create_in},
    {"POST", "/batches/{id}", Right::ingest, change_in<catalog::ChangeForm::merge>},
    {"PUT", "/batches/{id}", Right::ingest, change_in<catalog::ChangeForm::replace>},
    {"PATCH", "/batches/{id}", Right::ingest, change_in<catalog::ChangeForm::merge>},
};

}  // namespace

std::span<const CatalogWrite> batch_writes() { return writes; }

Result<http::Response> create_batch(const CatalogRoutes& parts, const http::Request& request,
                                    const auth::Identity& identity) {
  LG_ASSIGN(const IdempotencyKey key, read_idempotency_key(request, "create batch in the catalog"));
  if (wants_validation_only(request))
    return parts.ledger.write([&](Tx& tx) { return create_in(tx, parts, request, identity); });
  LG_ASSIGN(const NewBatch made, read_new(request));
  const Millis now = parts.clock.now_ms();
  const BatchId id(parts.random.ulid(now));
  const auto work = [&](Tx& tx) { return insert_new(tx, parts, made, id, identity); };
  LG_ASSIGN(ledger::StoredAnswer answer, answer_once(parts.ledger, identity.scope, key, now, work));
  return to_response(std::move(answer));
}

Result<http::Response> delete_batch(const CatalogRoutes& parts, const http::Request& request,
                                    const auth::Identity& identity) {
  const BatchId id(request.path_parameter("id"));
  auto batch = parts.ledger.read([&](ReadTx& tx) { return ledger::find_batch(tx, identity.scope, id); });
  if (!batch && batch.error().kind() != ErrorKind::not_found) return std::unexpected(batch.error());
  if (!batch) return answer_unchanged();
  LG_TRY(check_conditions(request, batch->version, batch->updated, name_of(*batch)));
  pipeline::BatchActions actions(parts.ledger, parts.promoter, parts.clock);
  if (batch->status == BatchStatus::loading || batch->status == BatchStatus::loaded) {
    LG_ASSIGN(*batch, actions.abort(client_of(identity), id));
  } else if (batch->status == BatchStatus::active || !is_final(batch->status)) {
    LG_ASSIGN(*batch, actions.revert(client_of(identity), id));
  }
  return answer_changed("batches", id.text(), batch->version);
}

}  // namespace lakegate::api
