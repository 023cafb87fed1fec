#include "catalog/dataset_change.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

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

namespace {

// What differs, by the names that the wire has for it.
json::object differences(const Dataset& former, const Dataset& now) {
  json::object before;
  json::object after;
  const auto compare = [&](std::string_view name, const json::value& one, const json::value& other) {
    if (one == other) return;
    before[name] = one;
    after[name] = other;
  };
  compare("name", json::value(former.name), json::value(now.name));
  compare("description", json::value(former.description), json::value(now.description));
  compare("contentType", json::value(former.schema_content_type), json::value(now.schema_content_type));
  compare("tags", json::value_from(former.tags), json::value_from(now.tags));
  const json::value extra_before = json::parse(former.extra_json);
  const json::value extra_after = json::parse(now.extra_json);
  if (extra_before.is_object() && extra_after.is_object()) {
    const auto member = [](const json::value& of, std::string_view name) {
      const json::value* found = of.get_object().if_contains(name);
      return found == nullptr ? json::value() : *found;
    };
    for (const json::value& of : {extra_before, extra_after}) {
      for (const auto& [name, value] : of.get_object())
        compare(name, member(extra_before, name), member(extra_after, name));
    }
  }
  return {{"before", std::move(before)}, {"after", std::move(after)}};
}

}  // namespace

Result<Dataset> store_change(Tx& tx, Dataset changed, const Author& author, Millis now) {
  LG_ASSIGN(const Dataset former, ledger::get_dataset(tx, changed.id));
  const int64_t expected_version = changed.version;
  changed.updated = now;
  changed.updated_user = author.user;
  LG_ASSIGN(Dataset stored, ledger::update_dataset(tx, std::move(changed), expected_version));
  tx.on_commit({.kind = Wake::Kind::dataset, .dataset = stored.id});
  json::object detail = differences(former, stored);
  detail["name"] = stored.name;
  detail["version"] = stored.version;
  LG_TRY(record_dataset_act(tx, stored, DatasetAct::update, now, author, detail));
  return stored;
}

}  // namespace lakegate::catalog
