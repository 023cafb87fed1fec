#include "catalog/dataset_record.h"

#include <boost/json/serialize.hpp>

#include <string>

#include "ledger/audit.h"
#include "ledger/events.h"

namespace lakegate::catalog {
namespace json = boost::json;
namespace {

const char* audit_word(DatasetAct act) {
  switch (act) {
    case DatasetAct::create: return "dataset.create";
    case DatasetAct::update: return "dataset.update";
    case DatasetAct::remove: return "dataset.delete";
  }
  return "";
}

const char* event_word(DatasetAct act) {
  switch (act) {
    case DatasetAct::create: return "dataset.created";
    case DatasetAct::update: return "dataset.updated";
    case DatasetAct::remove: return "dataset.deleted";
  }
  return "";
}

}  // namespace

Status record_dataset_act(Tx& tx, const Dataset& dataset, DatasetAct act, Millis at, const Author& author,
                          const json::object& detail) {
  const std::string text = json::serialize(detail);
  LG_TRY(ledger::record_audit(tx, {.org = dataset.scope.org,
                                   .at = at,
                                   .actor = author.user,
                                   .action = audit_word(act),
                                   .subject = dataset.id.text(),
                                   .detail = text,
                                   .request_id = author.request_id}));
  json::object of_event = detail;
  if (!author.user.empty()) of_event["user"] = author.user;
  if (!author.trace.empty()) of_event["trace"] = author.trace;
  LG_TRY(ledger::append_event(tx, {.dataset_id = dataset.id,
                                   .at = at,
                                   .kind = event_word(act),
                                   .detail = json::serialize(of_event),
                                   .scope = dataset.scope}));
  return {};
}

}  // namespace lakegate::catalog
