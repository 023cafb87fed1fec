#include "xdm/resource_type.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "xdm/core_library.h"
#include "xdm/public_model.h"

namespace lakegate::xdm {
namespace {

const std::map<std::string, JsonObject, std::less<>>& library() {
  static const std::map<std::string, JsonObject, std::less<>> documents = {
      {"https://x/person", {{"allOf", {{{"$ref", record_behavior}}}}}},
      {"https://x/name", {{"type", "object"}}},
      {"https://x/circle", {{"allOf", {{{"$ref", "https://x/circle"}}}}}},
  };
  return documents;
}

void check(const char* document, std::string_view folder, std::string_view expected) {
  const Lookup lookup = [](std::string_view id) -> const JsonObject* {
    const auto found = library().find(id);
    return found != library().end() ? &found->second : nullptr;
  };
  EXPECT_EQ(resource_type_of(boost::json::parse(document).as_object(), folder, lookup), expected)
      << document << " in " << folder;
}

TEST(ResourceType, FollowsDocumentFolderAndId) {
  check(R"({"meta:resourceType": "mixins"})", "components/classes", "mixins");
  check(R"({"meta:resourceType": "fieldgroups"})", "", "mixins");
  check(R"({"meta:resourceType": "descriptors"})", "components/classes", "classes");
  check(R"({"$id": "https://ns.adobe.com/xdm/data/record"})", "components/behaviors", "behaviors");
  check(R"({"$id": "https://ns.adobe.com/xdm/data/adhoc"})", "", "behaviors");
  check(R"({"$id": "https://x/mixins/a"})", "components/classes", "classes");
  check(R"({"$id": "https://x/context/a"})", "components/fieldgroups/profile", "mixins");
  check(R"({"$id": "https://x/a"})", "schemas/y/datatypes/z", "datatypes");
  check(R"({"$id": "https://x/a"})", "components/common", "datatypes");
  check(R"({"$id": "https://x/mixins/a"})", "schemas/x", "mixins");
  check(R"({"$id": "https://x/classes/a"})", "", "classes");
  check(R"({"$id": "https://x/a", "meta:intendedToExtend": ["https://x/person"]})", "schemas/x", "mixins");
  check(R"({"$id": "https://x/a", "meta:intendedToExtend": ["https://x/person"]})", "components/datatypes",
        "datatypes");
}

TEST(ResourceType, FollowsWhatTheDocumentRestsOn) {
  const char* direct = R"({"$id": "https://x/a", "allOf": [{"$ref": "https://ns.adobe.com/xdm/data/time-series"}]})";
  check(direct, "extensions/x", "classes");
  check(direct, "schemas/x", "schemas");
  check(R"({"$id": "https://x/schemas/a", "allOf": [{"$ref": "https://ns.adobe.com/xdm/data/record"}]})", "",
        "schemas");
  check(R"({"$id": "https://x/a", "allOf": [{"$ref": "https://x/person"}]})", "extensions/x", "schemas");
  check(R"({"$id": "https://x/a", "allOf": [{"$ref": "https://x/person#/definitions/y"}]})", "schemas", "datatypes");
  check(R"({"$id": "https://x/a", "allOf": [{"$ref": "https://x/name"}, {"$ref": "https://x/none"}]})", "",
        "datatypes");
  check(R"({"$id": "https://x/a", "allOf": [{"$ref": "https://x/circle"}]})", "schemas", "datatypes");
  check(R"({"$id": "https://x/a", "type": "object"})", "schemas", "datatypes");
}

TEST(ResourceType, OfThePublicModel) {
  const auto folder = shared_folder();
  if (!folder) GTEST_SKIP() << "the public model's files are not beside the repository (../shared/xdm)";
  const PublicModel& model = *public_model();
  std::map<std::string, int> counts;
  for (const auto& [id, file] : model.files()) {
    const std::string relative = file.parent_path().lexically_relative(*folder / "xdm").generic_string();
    const std::string_view type = resource_type_of(*model.find(id), relative, model.lookup());
    ++counts[std::string(type)];
    const CoreResource* built_in = find_core_resource(id);
    if (built_in != nullptr) {
      EXPECT_EQ(type, built_in->type) << id;
    }
  }
  const std::map<std::string, int> expected = {
      {"behaviors", 3}, {"classes", 95}, {"datatypes", 301}, {"mixins", 393}, {"schemas", 27}};
  EXPECT_EQ(counts, expected);
}

}  // namespace
}  // namespace lakegate::xdm
