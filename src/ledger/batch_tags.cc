#include "ledger/batch_tags.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "ledger/batches.h"
#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, TagValue& row) {
  visit(row.key, row.value);
}

namespace {

namespace json = boost::json;

// That few are looked up one by one and sorted; of more, most batches are expected to have the tag.
constexpr int64_t few_rows = 2'000;

std::optional<std::string> text_of(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_primitive() && !value.is_null()) return json::serialize(value);
  return std::nullopt;
}

// Texts of one key, each once.
std::set<std::string> texts_of(const json::value& value) {
  std::set<std::string> texts;
  const auto add = [&](const json::value& one) {
    if (auto text = text_of(one)) texts.insert(*std::move(text));
  };
  if (!value.is_array()) add(value);
  if (value.is_array()) std::ranges::for_each(value.get_array(), add);
  return texts;
}

// The pairs behind (key, value) in their order, one at a time: however many batches share one, it costs two looks.
Result<std::optional<TagValue>> next_of_batches(ReadTx& tx, const Scope& scope, const TagValue& after) {
  LG_ASSIGN(auto same_key, find_row<TagValue>(tx,
                                              "SELECT key, value FROM batch_tag WHERE sandbox = :sandbox AND key = :key"
                                              " AND value > :value ORDER BY value LIMIT 1",
                                              scope.sandbox, after.key, after.value));
  if (same_key) return same_key;
  return find_row<TagValue>(tx,
                            "SELECT key, value FROM batch_tag WHERE sandbox = :sandbox AND key > :key"
                            " ORDER BY key, value LIMIT 1",
                            scope.sandbox, after.key);
}

Result<std::vector<TagValue>> of_datasets(ReadTx& tx, const Sight& sight, std::string_view space, int64_t limit) {
  ListSql sql("SELECT DISTINCT t.key, t.value FROM dataset d CROSS JOIN dataset_tag t ON t.dataset_id = d.id");
  sql.where_seen(sight, "d.id");
  const std::string below = sql.bind(fmt::format("{}/", space));
  sql.where(fmt::format("d.deleted = 0 AND (t.key = {} OR substr(t.key, 1, length({})) = {})",
                        sql.bind(std::string(space)), below, below));
  sql.end_with(fmt::format(" ORDER BY t.key, t.value LIMIT {}", sql.bind(limit)));
  return find_rows<TagValue>(tx, sql);
}

// Of a narrow sight, whose batches are few of many: those of its newest batches.
Result<std::vector<TagValue>> of_newest_batches(ReadTx& tx, const Sight& sight, std::string_view space, int64_t limit) {
  ListSql seen("");
  seen.where_seen(sight, "dataset_id");
  const std::string below = seen.bind(fmt::format("{}/", space));
  const std::string statement = fmt::format(
      "SELECT DISTINCT t.key, t.value FROM (SELECT id FROM batch INDEXED BY batch_of_dataset{}"
      " ORDER BY created DESC LIMIT {}) b CROSS JOIN batch_tag t ON t.batch_id = b.id"
      " WHERE t.key = {} OR substr(t.key, 1, length({})) = {} ORDER BY t.key, t.value LIMIT {}",
      seen.conditions(), unique_rows_max, seen.bind(std::string(space)), below, below, seen.bind(limit));
  return find_rows<TagValue>(tx, seen.with_values(statement));
}

Result<std::vector<TagValue>> of_all_batches(ReadTx& tx, const Scope& scope, std::string_view space, int64_t limit) {
  std::vector<TagValue> values;
  const std::string below = fmt::format("{}/", space);
  // Keys between the space's own and those below it, like "space-x", are another's: a handful is stepped over, no more.
  TagValue after{std::string(space), ""};
  for (int64_t looked = 0; looked < limit; ++looked) {
    LG_ASSIGN(std::optional<TagValue> next, next_of_batches(tx, scope, after));
    if (!next || !next->key.starts_with(space)) break;
    const bool inside = next->key == space || next->key.starts_with(below);
    if (!inside && next->key < below) {
      after = {below, ""};
      continue;
    }
    if (!inside) break;
    values.push_back(*next);
    after = *std::move(next);
  }
  return values;
}

bool comes_before(const TagValue& left, const TagValue& right) {
  return std::tie(left.key, left.value) < std::tie(right.key, right.value);
}

}  // namespace

Status insert_tags(Tx& tx, const Batch& batch) {
  boost::system::error_code unreadable;
  const json::value tags = json::parse(batch.tags_json, unreadable);
  if (unreadable || !tags.is_object()) return {};
  for (const auto& [key, value] : tags.get_object()) {
    for (const std::string& text : texts_of(value)) {
      LG_TRY(change_rows(
          tx, "INSERT INTO batch_tag (batch_id, key, value, sandbox) VALUES (:batch, :key, :value, :sandbox)", batch.id,
          std::string_view(key), text, batch.scope.sandbox));
    }
  }
  return {};
}

Status replace_tags(Tx& tx, const Batch& batch) {
  LG_TRY(change_rows(tx, "DELETE FROM batch_tag WHERE batch_id = :batch", batch.id));
  return insert_tags(tx, batch);
}

Result<bool> add_tag_condition(ReadTx& tx, ListSql& sql, const Scope& scope, const TagFilter& tag) {
  const auto add = [&](ListSql& to) {
    std::string condition = fmt::format("sandbox = {} AND key = {}", to.bind(scope.sandbox.value), to.bind(tag.key));
    if (tag.value.empty()) return condition;
    const bool is_pattern = tag.value.find('*') != std::string::npos;
    return condition + (is_pattern ? fmt::format(" AND value GLOB {}", to.bind(to_glob(tag.value)))
                                   : fmt::format(" AND value = {}", to.bind(tag.value)));
  };
  ListSql probe("SELECT count(*) FROM (SELECT 1 FROM batch_tag INDEXED BY batch_tag_by_value");
  probe.where(add(probe));
  probe.end_with(fmt::format(" LIMIT {})", few_rows + 1));
  LG_ASSIGN(const std::vector<int64_t> found, find_rows<int64_t>(tx, probe));
  const bool few = found.front() <= few_rows;
  const std::string condition = add(sql);
  if (few) {
    sql.where(fmt::format("id IN (SELECT batch_id FROM batch_tag INDEXED BY batch_tag_by_value WHERE {})", condition));
  } else {
    sql.where(fmt::format("EXISTS (SELECT 1 FROM batch_tag WHERE batch_id = batch.id AND {})", condition));
  }
  return few;
}

Result<std::vector<TagValue>> tag_values(ReadTx& tx, const Sight& sight, std::string_view space, int64_t limit) {
  LG_ASSIGN(std::vector<TagValue> values, of_datasets(tx, sight, space, limit));
  LG_ASSIGN(const std::vector<TagValue> of_batches,
            sight.is_narrow() ? of_newest_batches(tx, sight, space, limit) : of_all_batches(tx, sight, space, limit));
  values.insert(values.end(), of_batches.begin(), of_batches.end());
  std::ranges::sort(values, comes_before);
  const auto same = std::ranges::unique(
      values, [](const TagValue& left, const TagValue& right) { return !comes_before(left, right); });
  values.erase(same.begin(), same.end());
  if (std::ssize(values) > limit) values.resize(static_cast<size_t>(limit));
  return values;
}

}  // namespace lakegate::ledger
