// A client's filters as SQL, asked of a table of four rows.
#include "ledger/list_sql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder.h"
#include "ledger/ledger.h"
#include "model/error_codes.h"

namespace lakegate::ledger {
namespace {

using testing::HasSubstr;

enum class Field { id, name, size };
using Query = ListQuery<Field>;
using Ids = std::vector<int64_t>;

ListColumn column_of(Field field) {
  switch (field) {
    case Field::id: return {"id", CellKind::number};
    case Field::name: return {"name", CellKind::text};
    case Field::size: return {"size", CellKind::number};
  }
  return {};
}

// id, name, size: (1, 'alpha', 10), (2, 'Alpha*?[x]', none), (3, '', 30), (4, 'beta', 10); the newest is 3.
constexpr std::string_view rows =
    "SELECT id FROM (SELECT 1 AS id, 'alpha' AS name, 10 AS size, 100 AS created"
    " UNION ALL SELECT 2, 'Alpha*?[x]', NULL, 200 UNION ALL SELECT 3, '', 30, 400 UNION ALL SELECT 4, 'beta', 10, 300)";

class ListSqlTest : public testing::Test {
 protected:
  Result<Ids> list(const Query& query) {
    return ledger_->read([&](ReadTx& tx) -> Result<Ids> {
      ListSql sql(rows);
      LG_TRY(add_list_query(sql, query, column_of, {.created = "created", .id = "id"}));
      return find_rows<int64_t>(tx, sql);
    });
  }

  void check(const Query& query, const Ids& expected, std::string_view what) {
    const auto found = list(query);
    ASSERT_TRUE(found.has_value()) << what << ": " << found.error().message;
    EXPECT_EQ(*found, expected) << what;
  }

  void check_refused(const Query& query, std::string_view words) {
    const auto found = list(query);
    ASSERT_FALSE(found.has_value()) << words;
    EXPECT_EQ(found.error().code->id, codes::list_parameter_invalid.id);
    EXPECT_THAT(found.error().message, HasSubstr(words));
  }

  TemporaryFolder folder_;
  std::unique_ptr<Ledger> ledger_ = Ledger::open(folder_.path() / "ledger.db").value();
};

TEST_F(ListSqlTest, Compares) {
  using enum Comparison;
  struct Case {
    std::string_view what;
    Filter<Field> filter;
    Ids expected;
  };
  const Case cases[] = {
      {"one value", {Field::name, any_of, {"alpha"}}, {1}},
      {"several values", {Field::size, any_of, {30, 10, 99}}, {1, 3, 4}},
      {"no values", {Field::size, any_of, {}}, {}},
      {"none of, a field without a value matches", {Field::size, none_of, {10}}, {2, 3}},
      {"none of several", {Field::name, none_of, {"alpha", "beta"}}, {2, 3}},
      {"none of nothing", {Field::name, none_of, {}}, {1, 2, 3, 4}},
      {"less", {Field::size, less, {30}}, {1, 4}},
      {"less or equal", {Field::size, less_or_equal, {30}}, {1, 3, 4}},
      {"greater", {Field::size, greater, {10}}, {3}},
      {"greater or equal", {Field::size, greater_or_equal, {10}}, {1, 3, 4}},
      {"texts compare by bytes", {Field::name, greater, {"alpha"}}, {4}},
      {"pattern, letter case counts", {Field::name, matches, {"a*"}}, {1}},
      {"pattern in the middle", {Field::name, matches, {"*l*a"}}, {1}},
      {"pattern of any run", {Field::name, matches, {"*"}}, {1, 2, 3, 4}},
      {"literal star", {Field::name, matches, {"Alpha***"}}, {2}},
      {"literal star only", {Field::name, matches, {"**"}}, {}},
      {"other wildcards of SQL are letters", {Field::name, matches, {"?lpha"}}, {}},
      {"and so found", {Field::name, matches, {"*?[x]"}}, {2}},
      {"a class is none", {Field::name, matches, {"[ab]*"}}, {}},
      {"percent and underline are letters", {Field::name, matches, {"a%"}}, {}},
      {"one of several patterns", {Field::name, matches, {"b*", "Al*"}}, {2, 4}},
      {"none of the patterns", {Field::name, matches_none, {"b*", "Al*"}}, {1, 3}},
      {"expression found anywhere", {Field::name, searches, {"l.h"}}, {1, 2}},
      {"expression with anchors", {Field::name, searches, {"^a.*a$"}}, {1}},
      {"expression regardless of case", {Field::name, searches, {"(?i)^ALPHA"}}, {1, 2}},
      {"expression that finds all", {Field::name, searches, {".*"}}, {1, 2, 3, 4}},
      {"number exists", {Field::size, exists, {}}, {1, 3, 4}},
      {"text exists", {Field::name, exists, {}}, {1, 2, 4}},
      {"number absent", {Field::size, absent, {}}, {2}},
      {"text absent", {Field::name, absent, {}}, {3}},
      {"a value is never SQL", {Field::name, any_of, {"' OR 1 = 1 --"}}, {}},
  };
  for (const Case& row : cases) {
    check({.filters = {row.filter}, .order = {{Field::id}}}, row.expected, row.what);
  }
}

TEST_F(ListSqlTest, AllFiltersHold) {
  check({.filters = {{Field::size, Comparison::any_of, {10}}, {Field::name, Comparison::matches, {"b*"}}}}, {4},
        "two filters");
}

TEST_F(ListSqlTest, OrdersAndPages) {
  check({}, {3, 4, 2, 1}, "newest first");
  check({.order = {{Field::size, true}}}, {3, 4, 1, 2}, "ties by id in the direction of the last key");
  check({.order = {{Field::size}, {Field::name, true}}}, {2, 4, 1, 3}, "two keys");
  check({.order = {{Field::id, true}}}, {4, 3, 2, 1}, "by id");
  check({.start = 1, .limit = 2}, {4, 2}, "a page");
  check({.start = 4}, {}, "behind the end");
  check({.limit = 0}, {}, "nothing asked for");
}

TEST_F(ListSqlTest, RefusesWhatIsOverALimit) {
  const Filter<Field> one{Field::size, Comparison::any_of, {10}};
  check({.filters = std::vector(filters_max, one)}, {4, 1}, "as many filters as may be");
  check_refused({.filters = std::vector(filters_max + 1, one)}, "at most 32 filters; found 33");
  const auto values = [](size_t count) { return std::vector<FilterValue>(count, 10); };
  check({.filters = {{Field::size, Comparison::any_of, values(filter_values_max)}}}, {4, 1}, "as many values");
  check_refused({.filters = {{Field::size, Comparison::any_of, values(filter_values_max + 1)}}}, "at most 100 values");
  check({.order = std::vector<OrderBy<Field>>(order_keys_max, {Field::name})}, {3, 2, 1, 4}, "as many keys");
  check_refused({.order = std::vector<OrderBy<Field>>(order_keys_max + 1, {Field::name})}, "at most 4 order keys");
  check_refused({.start = -1}, "start -1");
  check_refused({.limit = -1}, "limit -1");
}

TEST_F(ListSqlTest, RefusesValuesOfTheWrongKindOrNumber) {
  check_refused({.filters = {{Field::size, Comparison::any_of, {"10"}}}}, "size is compared with a number");
  check_refused({.filters = {{Field::name, Comparison::none_of, {10}}}}, "name is compared with a text");
  check_refused({.filters = {{Field::size, Comparison::less, {}}}}, "with one value; found 0");
  check_refused({.filters = {{Field::size, Comparison::less, {1, 2}}}}, "with one value; found 2");
  check_refused({.filters = {{Field::size, Comparison::matches, {"1*"}}}}, "not for size");
  check_refused({.filters = {{Field::name, Comparison::matches, {}}}}, "not for name");
  check_refused({.filters = {{Field::size, Comparison::searches, {"1"}}}}, "not for size");
  check_refused({.filters = {{Field::name, Comparison::searches, {"a(?=b)"}}}}, "without look-around");
  check_refused({.filters = {{Field::name, Comparison::searches, {std::string(1001, 'a')}}}}, "at most 1000");
}

}  // namespace
}  // namespace lakegate::ledger
