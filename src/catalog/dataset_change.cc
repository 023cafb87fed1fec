#include "catalog/dataset_change.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/error_codes.h"
#include "catalog/dataset_record.h"
#include "ledger/datasets.h"
#include "model/json_patch.h"

namespace lakegate::catalog {
namespace {

namespace json = boost::json;

// What the mapping of the schema found stays when the client takes it away.
json::object with_former_classification(json::object extra, const Dataset& dataset) {
  if (extra.contains("classification")) return extra;
  boost::system::error_code unreadable;
  const json::value former = json::parse(dataset.extra_json, unreadable);
  if (unreadable || !former.is_object()) return extra;
  if (const json::value* of = former.get_object().if_contains("classification")) extra["classification"] = *of;
  return extra;
}

}  // namespace

Result<json::object> change_document(json::object shown, const json::value& change, ChangeForm form) {
  if (change.is_array() && form != ChangeForm::replace) {
    LG_ASSIGN(json::value patched, apply_json_patch(std::move(shown), change.get_array()));
    if (patched.is_object()) return std::move(patched.get_object());
    return fail(codes::invalid_argument, "The JSON Patch leaves no object; a dataset is one.");
  }
  if (!change.is_object()) {
    return fail(codes::invalid_argument, "The body is no JSON object{}.",
                form == ChangeForm::replace ? "" : ", and no array of JSON Patch operations");
  }
  if (form == ChangeForm::replace) return change.get_object();
  if (form == ChangeForm::merge) merge_members(shown, change.get_object());
  if (form == ChangeForm::deep_merge) merge_deeply(shown, change.get_object());
  return shown;
}

Result<Dataset> with_fields(Dataset dataset, const DatasetFields& fields) {
  if (fields.schema_id != dataset.schema_id) {
    return fail(codes::invalid_argument,
                "Member schemaRef.id is \"{}\"; the dataset's schema is \"{}\" and cannot be exchanged. Make a new "
                "dataset for the other schema.",
                fields.schema_id, dataset.schema_id);
  }
  if (fields.table_name && !ascii::equals_ignoring_case(*fields.table_name, dataset.table_name)) {
    return fail(codes::invalid_argument,
                "Member tags, \"adobe/pqs/table\" is \"{}\"; the table's name is \"{}\" and cannot be changed, since "
                "readers know it.",
                *fields.table_name, dataset.table_name);
  }
  dataset.extra_json = json::serialize(with_former_classification(fields.extra, dataset));
  dataset.name = fields.name;
  dataset.description = fields.description;
  dataset.schema_content_type = fields.schema_content_type;
  dataset.tags = fields.tags;
  dataset.tags[std::string(table_name_tag)] = {dataset.table_name};
  return dataset;
}

Result<Dataset> store_change(Tx& tx, Dataset changed, const Author& author, Millis now) {
  const int64_t expected_version = changed.version;
  changed.updated = now;
  changed.updated_user = author.user;
  LG_ASSIGN(Dataset stored, ledger::update_dataset(tx, std::move(changed), expected_version));
  tx.on_commit({.kind = Wake::Kind::dataset, .dataset = stored.id});
  const json::object detail{{"name", stored.name}, {"version", stored.version}};
  LG_TRY(record_dataset_act(tx, stored, DatasetAct::update, now, author.user, detail));
  return stored;
}

}  // namespace lakegate::catalog
