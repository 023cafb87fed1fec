// The core library resolves by itself, and where the public model is at hand it names fields as that does.
#include "xdm/core_library.h"

#include <gtest/gtest.h>

#include <set>

#include "xdm/public_model.h"
#include "xdm/table_mapping.h"

namespace lakegate::xdm {
namespace {

const JsonObject* look_up_core(std::string_view id) {
  const CoreResource* resource = find_core_resource(id);
  return resource != nullptr ? &resource->document : nullptr;
}

TEST(CoreLibrary, HasWhatDatasetsNeed) {
  for (const std::string_view id : {record_behavior, time_series_behavior, adhoc_behavior,
                                    std::string_view("https://ns.adobe.com/xdm/context/profile"),
                                    std::string_view("https://ns.adobe.com/xdm/context/experienceevent"),
                                    std::string_view("https://ns.adobe.com/xdm/context/identitymap")}) {
    EXPECT_NE(find_core_resource(id), nullptr) << id;
  }
  EXPECT_EQ(find_core_resource("https://ns.adobe.com/xdm/context/profil"), nullptr);
  EXPECT_EQ(find_core_resource(""), nullptr);
}

TEST(CoreLibrary, EveryResourceIsCompleteAndResolves) {
  const std::set<std::string> types = {"behaviors", "classes", "datatypes", "mixins"};
  Resolver resolver(look_up_core);
  for (const CoreResource& resource : core_library()) {
    SCOPED_TRACE(resource.id);
    EXPECT_TRUE(types.contains(resource.type));
    EXPECT_FALSE(text_member(resource.document, "title").empty());
    EXPECT_FALSE(text_member(resource.document, "description").empty());
    const auto resolved = resolver.resolve(resource.document);
    ASSERT_TRUE(resolved.has_value()) << resolved.error().message;
    FieldFacts facts;
    const auto table = to_table_schema(*resolved, facts);
    ASSERT_TRUE(table.has_value()) << table.error().message;
    const auto checks = to_check_schema(*resolved, *table);
    EXPECT_TRUE(checks.has_value()) << checks.error().message;
  }
}

// Every field of `ours` is in `theirs`, with the same type.
void expect_subset(const JsonObject& ours, const JsonObject& theirs, const std::string& path) {
  for (const std::string_view key : {"type", "meta:xdmType", "format", "pattern"}) {
    EXPECT_EQ(text_member(ours, key), text_member(theirs, key)) << path << " " << key;
  }
  for (const std::string_view key : {"items", "additionalProperties"}) {
    const JsonObject* below = object_member(ours, key);
    if (below == nullptr) continue;
    const JsonObject* other = object_member(theirs, key);
    ASSERT_NE(other, nullptr) << path << " " << key;
    expect_subset(*below, *other, path + "[]");
  }
  const JsonObject* properties = object_member(ours, "properties");
  const JsonObject* others = object_member(theirs, "properties");
  if (properties == nullptr) return;
  for (const auto& [name, field] : *properties) {
    const JsonObject* other = others != nullptr ? object_member(*others, name) : nullptr;
    ASSERT_NE(other, nullptr) << path << "." << std::string_view(name);
    expect_subset(field.get_object(), *other, path + "." + std::string(name));
  }
}

TEST(CoreLibrary, NamesFieldsAsThePublicModelDoes) {
  const PublicModel* model = public_model();
  if (model == nullptr) GTEST_SKIP() << "the public model's files are not beside the repository (../shared/xdm)";
  Resolver own(look_up_core);
  Resolver theirs(model->lookup());
  for (const CoreResource& resource : core_library()) {
    SCOPED_TRACE(resource.id);
    const JsonObject* original = model->find(resource.id);
    ASSERT_NE(original, nullptr);
    const auto ours = own.resolve(resource.document);
    const auto other = theirs.resolve(*original);
    ASSERT_TRUE(ours.has_value() && other.has_value());
    expect_subset(ours->tree, other->tree, "");
    EXPECT_NE(text_member(resource.document, "description"), text_member(*original, "description"));
  }
}

}  // namespace
}  // namespace lakegate::xdm
