#include "catalog/table_name.h"

#include <gtest/gtest.h>

namespace lakegate::catalog {
namespace {

void check(std::string_view title, std::string_view expected) {
  EXPECT_EQ(table_name_of(title), expected) << title;
  EXPECT_TRUE(check_table_name(table_name_of(title)).has_value()) << title;
}

TEST(TableName, OfTitles) {
  check("Loyalty", "loyalty");
  check("Loyalty Members (2024)", "loyalty_members_2024");
  check("  a -- b  ", "a_b");
  check("snake_case_stays", "snake_case_stays");
  check("a _ b", "a_b");
  check("2024 sales", "_2024_sales");
  check("Überfälle", "berf_lle");
  check("日本", "dataset");
  check("___", "dataset");
  check("", "dataset");
  check(std::string(300, 'x'), std::string(100, 'x'));
}

TEST(TableName, OfClients) {
  for (const std::string& good : {std::string("a"), std::string("Loyalty_2"), std::string(128, 'x')})
    EXPECT_TRUE(check_table_name(good).has_value()) << good;
  for (const std::string& bad : {std::string(), std::string("a b"), std::string("a.b"), std::string("a/b"),
                                 std::string("ä"), std::string(129, 'x')}) {
    EXPECT_FALSE(check_table_name(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace lakegate::catalog
