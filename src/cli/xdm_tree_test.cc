#include "cli/xdm_tree.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "base/temporary_folder.h"

namespace lakegate::cli {
namespace {

using testing::HasSubstr;

class XdmTreeTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    const auto path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  // A resource that refers to others.
  void write_resource(const std::string& name, const std::string& id, const std::vector<std::string>& refers_to = {},
                      size_t padding = 0) {
    std::string parts;
    for (const std::string& other : refers_to)
      parts += fmt::format(R"({}{{"$ref": "{}"}})", parts.empty() ? "" : ",", other);
    write(name,
          fmt::format(R"({{"$id": "{}", "allOf": [{}], "description": "{}"}})", id, parts, std::string(padding, 'x')));
  }
  XdmTree read() {
    auto tree = read_xdm_tree(folder_.path());
    EXPECT_TRUE(tree.has_value()) << tree.error().message;
    return tree ? *std::move(tree) : XdmTree{};
  }

  TemporaryFolder folder_;
};

TEST_F(XdmTreeTest, TakesTheSchemasOfThreeFolders) {
  write_resource("components/datatypes/b.schema.json", "https://x/b");
  write_resource("components/datatypes/deep/a.schema.json", "https://x/a");
  write_resource("extensions/acme/e.schema.json", "https://x/e", {"https://ns.adobe.com/xdm/data/record"});
  write_resource("schemas/s.schema.json", "https://x/s", {"https://x/e"});
  for (const char* other :
       {"archived/o.schema.json", "docs/o.schema.json", "o.schema.json", "components/archived/o.schema.json",
        "components/examples/o.schema.json", "components/.git/o.schema.json", "components/datatypes/b.example.1.json",
        "components/datatypes/b.schema.json.orig", "schemas/notes.json"}) {
    write(other, "no JSON");
  }
  std::string found;
  for (const TreeDocument& document : read().documents)
    found += fmt::format("{} {} {}\n", document.file, document.id, document.type);
  EXPECT_EQ(found,
            "components/datatypes/b.schema.json https://x/b datatypes\n"
            "components/datatypes/deep/a.schema.json https://x/a datatypes\n"
            "extensions/acme/e.schema.json https://x/e classes\n"
            "schemas/s.schema.json https://x/s schemas\n");
  EXPECT_TRUE(read().refused.empty());
}

TEST_F(XdmTreeTest, NamesFilesThatAreNoResources) {
  write_resource("components/a.schema.json", "https://x/a");
  write("components/b.schema.json", "{\"$id\": ");
  write("components/c.schema.json", "[]");
  write("components/d.schema.json", "{}");
  write("components/e.schema.json", "");
  write_resource("schemas/twice.schema.json", "https://x/a");
  const XdmTree tree = read();
  EXPECT_EQ(tree.documents.size(), 1u);
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"components/b.schema.json", "not JSON at byte 8"},
      {"components/c.schema.json", "not an object"},
      {"components/d.schema.json", "no \"$id\""},
      {"components/e.schema.json", "not JSON"},
      {"schemas/twice.schema.json", "that of components/a.schema.json too"}};
  ASSERT_EQ(tree.refused.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(tree.refused[i].file, expected[i].first);
    EXPECT_THAT(tree.refused[i].reason, HasSubstr(expected[i].second));
    EXPECT_FALSE(tree.refused[i].code.empty());
  }
}

TEST_F(XdmTreeTest, RefusesFoldersThatAreNoTree) {
  const auto check = [](const std::filesystem::path& folder, const char* says) {
    const auto tree = read_xdm_tree(folder);
    ASSERT_FALSE(tree.has_value()) << folder;
    EXPECT_THAT(tree.error().message, HasSubstr(says));
    EXPECT_THAT(tree.error().message, HasSubstr(folder.string()));
  };
  write("file", "");
  check(folder_.path() / "none", "is no folder");
  check(folder_.path() / "file", "is no folder");
  check(folder_.path(), "components, extensions, schemas");
  write("schemas/readme.md", "");
  check(folder_.path(), "no *.schema.json");
}

TEST_F(XdmTreeTest, SendsWhatIsReferredToFirst) {
  write_resource("components/a.schema.json", "https://x/a", {"https://x/b"});
  write_resource("components/b.schema.json", "https://x/b", {"https://x/c", "https://elsewhere"});
  write_resource("schemas/c.schema.json", "https://x/c");
  EXPECT_EQ(fmt::format("{}", plan_bundles(read())), "[[2, 1, 0]]");
}

TEST_F(XdmTreeTest, BundlesAreBounded) {
  for (size_t i = 0; i < bundle_documents_max + 1; ++i) {
    write_resource(fmt::format("components/{:03}.schema.json", i), fmt::format("https://x/{:03}", i));
  }
  const XdmTree many = read();
  const auto bundles = plan_bundles(many);
  ASSERT_EQ(bundles.size(), 2u);
  EXPECT_EQ(bundles[0].size(), bundle_documents_max);
  for (size_t i = 0; i < 4; ++i) {
    write_resource(fmt::format("extensions/{}.schema.json", i), fmt::format("https://x/large/{}", i), {},
                   bundle_bytes_max / 2 + 1);
  }
  EXPECT_EQ(plan_bundles(read()).size(), 5u);
}

TEST_F(XdmTreeTest, ACircleStaysInOneBundle) {
  constexpr size_t count = bundle_documents_max + 5;
  for (size_t i = 0; i < count; ++i) {
    write_resource(fmt::format("components/{:03}.schema.json", i), fmt::format("https://x/{:03}", i),
                   {fmt::format("https://x/{:03}", (i + 1) % count)});
  }
  write_resource("components/free.schema.json", "https://x/free");
  const auto bundles = plan_bundles(read());
  ASSERT_EQ(bundles.size(), 2u);
  EXPECT_EQ(bundles[0].size(), count);
}

}  // namespace
}  // namespace lakegate::cli
