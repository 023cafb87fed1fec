// The whole public model goes through resolver and mapping, where its files are at hand.
#include "xdm/public_model.h"

#include <gtest/gtest.h>

#include <chrono>

#include "xdm/core_library.h"
#include "xdm/table_mapping.h"

namespace lakegate::xdm {
namespace {

#define SKIP_WITHOUT_MODEL(model)                                                             \
  const PublicModel* model = public_model();                                                  \
  if (model == nullptr) {                                                                     \
    GTEST_SKIP() << "the public model's files are not beside the repository (../shared/xdm)"; \
  }

struct Mapped {
  size_t leaves = 0;
  size_t depth = 0;  // the record itself counts
  size_t twins = 0;  // columns whose table name has a suffix
};

void measure(const std::vector<Column>& columns, size_t depth, Mapped& mapped) {
  mapped.depth = std::max(mapped.depth, depth);
  for (const Column& column : columns) {
    mapped.twins += column.name != column.table_name ? 1 : 0;
    measure(column.children, depth + 1, mapped);
  }
}

Mapped map(Resolver& resolver, const JsonObject& document) {
  const auto resolved = resolver.resolve(document);
  EXPECT_TRUE(resolved.has_value()) << resolved.error().message;
  if (!resolved) return {};
  FieldFacts facts;
  const auto table = to_table_schema(*resolved, facts);
  EXPECT_TRUE(table.has_value()) << table.error().message;
  if (!table) return {};
  const auto checks = to_check_schema(*resolved, *table);
  EXPECT_TRUE(checks.has_value()) << checks.error().message;
  Mapped mapped{leaf_count(*table)};
  measure(table->columns, 1, mapped);
  return mapped;
}

// The class and every field group that is meant for it.
JsonObject whole_class(const PublicModel& model, std::string_view class_id, size_t& groups) {
  boost::json::array parts{JsonObject{{"$ref", class_id}}};
  groups = 0;
  for (const auto& [id, document] : model.documents()) {
    const boost::json::array* classes = array_member(document, "meta:intendedToExtend");
    if (classes == nullptr || std::ranges::find(*classes, JsonValue(class_id)) == classes->end()) continue;
    parts.push_back(JsonObject{{"$ref", id}});
    ++groups;
  }
  return JsonObject{{"$id", "whole"}, {"allOf", std::move(parts)}};
}

TEST(PublicModel, EverySchemaBecomesATable) {
  SKIP_WITHOUT_MODEL(model);
  EXPECT_EQ(model->documents().size(), 819u);
  Resolver resolver(model->lookup());
  size_t without_columns = 0;
  size_t largest = 0;
  size_t with_twins = 0;
  for (const auto& [id, document] : model->documents()) {
    SCOPED_TRACE(id);
    const Mapped mapped = map(resolver, document);
    without_columns += mapped.leaves == 0 ? 1 : 0;
    with_twins += mapped.twins > 0 ? 1 : 0;
    largest = std::max(largest, mapped.leaves);
  }
  EXPECT_EQ(without_columns, 5u);
  EXPECT_EQ(with_twins, 15u);
  EXPECT_EQ(largest, 5826u);
}

TEST(PublicModel, SampleSchemasHaveTheLeavesTheyShould) {
  SKIP_WITHOUT_MODEL(model);
  PublicModel with_samples = *model;
  for (const auto& entry : std::filesystem::directory_iterator(*shared_folder() / "samples" / "schemas")) {
    with_samples.add(entry.path());
  }
  // The built-in library is enough for them too.
  const Lookup built_in = [&](std::string_view id) {
    const CoreResource* resource = find_core_resource(id);
    const bool is_sample = id.find("/acmelake/") != std::string_view::npos;
    return resource != nullptr ? &resource->document : is_sample ? with_samples.find(id) : nullptr;
  };
  const std::map<std::string, size_t> expected = {{"Acme Loyalty Members", 218}, {"Acme Web Events", 381}};
  size_t seen = 0;
  for (const auto& [id, document] : with_samples.documents()) {
    const auto row = expected.find(std::string(text_member(document, "title")));
    if (row == expected.end()) continue;
    ++seen;
    Resolver resolver(with_samples.lookup());
    EXPECT_EQ(map(resolver, document).leaves, row->second) << row->first;
    Resolver core_resolver(built_in);
    EXPECT_EQ(map(core_resolver, document).leaves, row->second) << row->first << ", built-in library";
  }
  EXPECT_EQ(seen, 2u);
}

TEST(PublicModel, WholeClassesResolveInASecond) {
  SKIP_WITHOUT_MODEL(model);
  size_t groups = 0;
  const JsonObject profile = whole_class(*model, "https://ns.adobe.com/xdm/context/profile", groups);
  EXPECT_EQ(groups, 63u);
  Resolver resolver(model->lookup());
  EXPECT_EQ(map(resolver, profile).leaves, 4478u);

  // Some groups describe the same field with other types, so this one is a union rather than a schema.
  const JsonObject event = whole_class(*model, "https://ns.adobe.com/xdm/context/experienceevent", groups);
  EXPECT_EQ(groups, 213u);
  const auto begin = std::chrono::steady_clock::now();
  Resolver uniting(model->lookup(), Clash::later_wins);
  const Mapped mapped = map(uniting, event);
  const auto elapsed = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(mapped.leaves, 10222u);
  EXPECT_EQ(mapped.depth, 22u);
  EXPECT_LT(elapsed, std::chrono::seconds(2));
  RecordProperty("milliseconds",
                 std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count()));

  Resolver refusing(model->lookup());
  const auto refused = refusing.resolve(event);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("/cvf/"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace lakegate::xdm
