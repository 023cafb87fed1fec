#include "ledger/list_sql.h"

#include <algorithm>

#include "ledger/regular_expressions.h"
#include "model/error_codes.h"

namespace lakegate::ledger {
namespace {

std::string_view name_of(CellKind kind) { return kind == CellKind::number ? "a number" : "a text"; }

CellKind kind_of(const FilterValue& value) {
  return std::holds_alternative<int64_t>(value) ? CellKind::number : CellKind::text;
}

std::unexpected<Error> too_many(std::string_view what, size_t found, size_t most) {
  return fail(codes::list_parameter_invalid, "A list takes at most {} {}; found {}. Ask in several requests.", most,
              what, found);
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) {
    if (!all.empty()) all += ", ";
    all += text;
  }
  return all;
}

}  // namespace

Status check_filter_count(size_t filters) {
  if (filters > filters_max) return too_many("filters", filters, filters_max);
  return {};
}

// GLOB is case-sensitive and has '*' as wanted; its '?' and '[' mean something too, and stand for themselves in
// brackets only.
std::string to_glob(std::string_view pattern) {
  std::string glob;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '*' && i + 1 < pattern.size() && pattern[i + 1] == '*') {
      glob += "[*]";
      ++i;
    } else if (c == '?') {
      glob += "[?]";
    } else if (c == '[') {
      glob += "[[]";
    } else {
      glob += c;
    }
  }
  return glob;
}

std::string ListSql::bind(FilterValue value) {
  values_.push_back(std::move(value));
  return fmt::format("?{}", values_.size());
}

ListSql ListSql::with_conditions(std::string_view select) const {
  ListSql other(select);
  other.conditions_ = conditions_;
  other.values_ = values_;
  return other;
}

ListSql ListSql::with_values(std::string_view statement) const {
  ListSql other(statement);
  other.values_ = values_;
  return other;
}

void ListSql::where(const ListColumn& column, std::string_view condition) {
  if (column.ids_where.empty()) return where(condition);
  where(fmt::format("id IN ({} {})", column.ids_where, condition));
}

void ListSql::where(std::string_view condition) {
  conditions_ += conditions_.empty() ? " WHERE " : " AND ";
  conditions_ += condition;
}

// One dataset is `=`, so that an index can go on to the order behind it.
void ListSql::where_seen(const Sight& sight, std::string_view column) {
  where(fmt::format("org = {} AND sandbox = {}", bind(sight.org.value), bind(sight.sandbox.value)));
  if (!sight.is_narrow()) return;
  const std::span<const DatasetId> listed = sight.listed();
  if (listed.size() == 1) return where(fmt::format("{} = {}", column, bind(listed.front().text())));
  where(fmt::format("{} IN (SELECT value FROM json_each({}))", column, bind(sight.listed_json())));
}

Status ListSql::filter(const ListColumn& column, Comparison comparison, std::span<const FilterValue> values) {
  if (values.size() > filter_values_max) return too_many("values in one filter", values.size(), filter_values_max);
  switch (comparison) {
    case Comparison::any_of: return equal_any(column, values, true);
    case Comparison::none_of: return equal_any(column, values, false);
    case Comparison::less: return compare(column, "<", values);
    case Comparison::less_or_equal: return compare(column, "<=", values);
    case Comparison::greater: return compare(column, ">", values);
    case Comparison::greater_or_equal: return compare(column, ">=", values);
    case Comparison::matches: return match(column, values, true);
    case Comparison::matches_none: return match(column, values, false);
    case Comparison::searches: return search(column, values);
    case Comparison::exists:
      where(column, fmt::format("{} {}", column.sql, column.kind == CellKind::text ? "<> ''" : "IS NOT NULL"));
      return {};
    case Comparison::absent:
      if (!column.ids_where.empty()) {
        where(fmt::format("id NOT IN ({} {} IS NOT NULL)", column.ids_where, column.sql));
      } else if (column.kind == CellKind::text) {
        where(fmt::format("coalesce({}, '') = ''", column.sql));
      } else {
        where(fmt::format("{} IS NULL", column.sql));
      }
      return {};
  }
  return {};
}

Result<std::vector<std::string>> ListSql::bind_all(const ListColumn& column, std::span<const FilterValue> values) {
  if (values.size() > filter_values_max) return too_many("values in one filter", values.size(), filter_values_max);
  std::vector<std::string> places;
  for (const FilterValue& value : values) {
    if (kind_of(value) != column.kind) {
      return fail(codes::list_parameter_invalid, "The field {} is compared with {}; found {}", column.sql,
                  name_of(column.kind), name_of(kind_of(value)));
    }
    places.push_back(bind(value));
  }
  return places;
}

// One value is `=`, so that an index can go on to the order behind it.
Status ListSql::equal_any(const ListColumn& column, std::span<const FilterValue> values, bool wanted) {
  LG_ASSIGN(const std::vector<std::string> places, bind_all(column, values));
  if (places.empty()) {
    where(wanted ? "0" : "1");
  } else if (!wanted && !column.ids_where.empty()) {
    where(fmt::format("id NOT IN ({} {} IN ({}))", column.ids_where, column.sql, joined(places)));
  } else if (!wanted) {
    where(fmt::format("({0} IS NULL OR {0} NOT IN ({1}))", column.sql, joined(places)));
  } else if (places.size() == 1) {
    where(column, fmt::format("{} = {}", column.sql, places.front()));
  } else {
    where(column, fmt::format("{} IN ({})", column.sql, joined(places)));
  }
  return {};
}

Status ListSql::compare(const ListColumn& column, std::string_view sign, std::span<const FilterValue> values) {
  LG_ASSIGN(const std::vector<std::string> places, bind_all(column, values));
  if (places.size() != 1) {
    return fail(codes::list_parameter_invalid, "The field {} is compared by '{}' with one value; found {}", column.sql,
                sign, places.size());
  }
  where(column, fmt::format("{} {} {}", column.sql, sign, places.front()));
  return {};
}

Status ListSql::match(const ListColumn& column, std::span<const FilterValue> values, bool wanted) {
  if (values.empty() || column.kind != CellKind::text) {
    return fail(codes::list_parameter_invalid, "A pattern is a text, and for a field that is a text: not for {}",
                column.sql);
  }
  std::string any;
  for (const FilterValue& value : values) {
    const auto* pattern = std::get_if<std::string>(&value);
    if (pattern == nullptr) {
      return fail(codes::list_parameter_invalid, "A pattern is a text; the field {} got a number", column.sql);
    }
    any += fmt::format("{}{} GLOB {}", any.empty() ? "" : " OR ", column.sql, bind(to_glob(*pattern)));
  }
  if (wanted) {
    where(column, fmt::format("({})", any));
  } else {
    where(fmt::format("({} IS NULL OR NOT ({}))", column.sql, any));
  }
  return {};
}

Status ListSql::search(const ListColumn& column, std::span<const FilterValue> values) {
  const auto* expression = values.size() == 1 ? std::get_if<std::string>(&values.front()) : nullptr;
  if (expression == nullptr || column.kind != CellKind::text) {
    return fail(codes::list_parameter_invalid,
                "A regular expression is one text, and for a field that is a text: not for {}", column.sql);
  }
  LG_TRY(check_regular_expression(*expression));
  where(column, fmt::format("{} REGEXP {}", column.sql, bind(*expression)));
  return {};
}

// A plus before an expression keeps SQLite from walking an index for it.
Status ListSql::order_by(std::span<const OrderBy<ListColumn>> keys, const ListOrder& otherwise, Arrange arrange) {
  if (keys.size() > order_keys_max) return too_many("order keys", keys.size(), order_keys_max);
  std::vector<std::string> terms;
  const auto add = [&](std::string_view column, bool descending) {
    terms.push_back(
        fmt::format("{}{} {}", arrange == Arrange::by_sorting ? "+" : "", column, descending ? "DESC" : "ASC"));
  };
  for (const auto& [column, descending] : keys) {
    if (!column.ids_where.empty()) {
      return fail(codes::list_parameter_invalid, "A list cannot be ordered by {}", column.sql);
    }
    add(column.sql, descending);
  }
  const bool descending = keys.empty() || keys.back().descending;
  const bool has_id = std::ranges::any_of(keys, [&](const auto& key) { return key.field.sql == otherwise.id; });
  if (keys.empty() || (!has_id && keys.back().field.then_by_time)) add(otherwise.created, descending);
  if (!has_id) add(otherwise.id, descending);
  ending_ += " ORDER BY " + joined(terms);
  return {};
}

Status ListSql::page(int64_t start, int64_t limit) {
  if (start < 0 || limit < 0) {
    return fail(codes::list_parameter_invalid, "A page has a start and a limit of 0 or more; found start {}, limit {}",
                start, limit);
  }
  ending_ += fmt::format(" LIMIT {} OFFSET {}", bind(limit), bind(start));
  return {};
}

std::string ListSql::text() const { return select_ + conditions_ + ending_; }

}  // namespace lakegate::ledger
