#include "ledger/event_detail.h"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "base/utf8.h"

namespace lakegate::ledger {
namespace {

namespace json = boost::json;

constexpr size_t short_characters_max = 200;

void add_text(json::object& object, std::string_view name, std::string_view text) {
  if (!text.empty()) object[name] = text;
}

void add_number(json::object& object, std::string_view name, int64_t number) {
  if (number != 0) object[name] = number;
}

void add_identity(json::object& object, const Batch& batch) {
  add_text(object, "externalId", batch.external_id);
  object["format"] = to_string(batch.format);
  add_text(object, "trace", batch.trace);
}

json::object render(const BatchError& error) {
  json::object rendered{{"code", error.code}, {"description", printable(error.description, error_text_characters_max)}};
  add_text(rendered, "file", printable(error.file, short_characters_max));
  add_text(rendered, "column", printable(error.column, short_characters_max));
  add_number(rendered, "rows", error.record_count);
  return rendered;
}

void add_errors(json::object& object, const TransitionFacts& facts) {
  if (facts.error_count == 0) return;
  json::array errors;
  for (const BatchError& error : facts.first_errors) errors.push_back(render(error));
  object["errorCount"] = facts.error_count;
  object["errors"] = std::move(errors);
}

}  // namespace

std::string event_kind(BatchStatus status) { return fmt::format("batch.{}", to_string(status)); }

std::string creation_detail(const Batch& batch) {
  json::object detail;
  add_text(detail, "user", batch.created_user);
  add_text(detail, "client", batch.created_client);
  add_identity(detail, batch);
  return json::serialize(detail);
}

std::string transition_detail(const Batch& batch, const TransitionFacts& facts) {
  json::object detail{{"from", to_string(facts.from)}, {"event", to_string(facts.event)}, {"cause", facts.cause}};
  add_text(detail, "user", facts.user);
  add_identity(detail, batch);
  if (batch.started) {
    detail["started"] = *batch.started;
    add_number(detail, "files", batch.file_count);
    add_number(detail, "bytes", batch.size_bytes);
    add_number(detail, "records", batch.record_count);
    add_number(detail, "failedRecords", batch.failed_record_count);
  }
  if (batch.completed) {
    detail["created"] = batch.created;
    detail["completed"] = *batch.completed;
  }
  if (batch.snapshot_id) detail["snapshotId"] = std::to_string(*batch.snapshot_id);  // more than JavaScript's numbers
  add_errors(detail, facts);
  return json::serialize(detail);
}

}  // namespace lakegate::ledger
