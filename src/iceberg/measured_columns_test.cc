#include "iceberg/measured_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakegate::iceberg {
namespace {

using ::testing::UnorderedElementsAre;

TEST(MeasuredColumns, LeavesOfStructsButNotOfListsAndMaps) {
  TableSchema schema;
  schema.columns = {
      {.field_id = 1, .name = "a"},
      {.field_id = 2, .name = "s", .kind = TypeKind::structure, .children = {{.field_id = 3}, {.field_id = 4}}},
      {.field_id = 5, .name = "l", .kind = TypeKind::list, .children = {{.field_id = 6}}},
      {.field_id = 7, .name = "m", .kind = TypeKind::map, .children = {{.field_id = 8}, {.field_id = 9}}}};
  EXPECT_THAT(measured_columns(schema), UnorderedElementsAre(1, 3, 4));
}

TEST(MeasuredColumns, AHundredAndThoseSearchedBy) {
  TableSchema schema;
  for (int32_t id = 1; id <= 150; ++id) schema.columns.push_back({.field_id = id, .name = "c"});
  schema.columns[119].name = "timestamp";
  schema.columns[139].name = "_id";
  schema.columns[50].name = "timestamp_of_another_kind";
  const auto ids = measured_columns(schema);
  EXPECT_EQ(ids.size(), 102U);
  EXPECT_TRUE(ids.contains(100) && ids.contains(120) && ids.contains(140));
  EXPECT_FALSE(ids.contains(101));
}

}  // namespace
}  // namespace lakegate::iceberg
