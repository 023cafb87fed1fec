#include "ledger/batch_tags.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

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

Result<std::vector<TagValue>> of_datasets(ReadTx& tx, const Scope& scope, std::string_view space, int64_t limit) {
  const std::string below = fmt::format("{}/", space);
  return find_rows<TagValue>(
      tx,
      "SELECT DISTINCT t.key, t.value FROM dataset d CROSS JOIN dataset_tag t"
      " ON t.dataset_id = d.id WHERE d.org = :org AND d.sandbox = :sandbox AND d.deleted = 0"
      " AND (t.key = :space OR substr(t.key, 1, length(:below)) = :below_2) ORDER BY t.key, t.value LIMIT :limit",
      scope.org, scope.sandbox, space, below, below, limit);
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

Result<std::vector<TagValue>> tag_values(ReadTx& tx, const Scope& scope, std::string_view space, int64_t limit) {
  LG_ASSIGN(std::vector<TagValue> values, of_datasets(tx, scope, space, limit));
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
  std::ranges::sort(values, comes_before);
  const auto same = std::ranges::unique(
      values, [](const TagValue& left, const TagValue& right) { return !comes_before(left, right); });
  values.erase(same.begin(), same.end());
  if (std::ssize(values) > limit) values.resize(static_cast<size_t>(limit));
  return values;
}

}  // namespace lakegate::ledger
