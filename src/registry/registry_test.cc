#include "registry/registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "ledger/ledger_test_support.h"
#include "ledger/resources.h"
#include "registry/library.h"

namespace lakegate::registry {
namespace {

class RegistryList : public testing::Test, public LedgerWorld {
 protected:
  void insert(const std::string& title, int count) {
    must(write([&](Tx& tx) -> Status {
      for (int i = 0; i < count; ++i) LG_TRY(ledger::insert_resource(tx, row(title, ++last_)));
      return {};
    }));
  }

  ledger::Resource row(const std::string& title, int number) {
    ledger::Resource made;
    made.id = ResourceId(fmt::format("https://x/{:05}", number));
    made.alt_id = fmt::format("_x.{:05}", number);
    made.scope = scope();
    made.container = "global";
    made.type = "datatypes";
    made.title = title;
    made.document = fmt::format(R"({{"$id": "{}"}})", made.id.text());
    return made;
  }

  // Follows the pages; each $id must come once. Returns how many pages there were.
  size_t walk(size_t limit, bool descending, size_t expected) {
    std::vector<std::string> ids;
    std::vector<std::string> titles;
    std::string start;
    size_t pages = 0;
    do {
      const ListQuery query{.limit = limit, .order = {{.name = "title", .descending = descending}}, .start = start};
      const auto page =
          must(read([&](ReadTx& tx) { return list(tx, scope(), Container::global, ResourceType::datatypes, query); }));
      for (const Resource& resource : page.results) {
        ids.push_back(resource.id.text());
        titles.push_back(resource.title);
      }
      start = page.next;
      ++pages;
    } while (!start.empty());
    EXPECT_TRUE(descending ? std::ranges::is_sorted(titles, std::greater()) : std::ranges::is_sorted(titles));
    EXPECT_EQ(ids.size(), expected);
    std::ranges::sort(ids);
    EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
    return pages;
  }

  int last_ = 0;
};

TEST_F(RegistryList, PagesOverTitlesThatRepeat) {
  const size_t built_in = built_in_resources(ResourceType::datatypes).size();
  for (int i = 0; i < 100; ++i) insert(fmt::format("Title {:03}", i), 1 + i % 5 / 3);
  insert("Title 050", 300);  // more than a page, and than is read beyond one
  const size_t all = built_in + 100 + 40 + 300;
  for (const bool descending : {false, true}) {
    walk(1, descending, all);
    walk(7, descending, all);
    walk(300, descending, all);
    EXPECT_GE(walk(20, descending, all), 8u);
  }
}

// contract/schema-registry.md, "Lists": 300 an answer, whatever the order and however often a value repeats.
TEST_F(RegistryList, NoPageOfAnOrderHasMoreThanTheCap) {
  insert("Same", 1);
  for (int i = 0; i < 700; ++i) insert(fmt::format("Title {:03}", i), 1);
  const size_t all = built_in_resources(ResourceType::datatypes).size() + 701;
  for (const std::vector<OrderKey>& order :
       {std::vector<OrderKey>{{.name = "version"}, {.name = "title"}}, {{.name = "description", .descending = true}}}) {
    for (const size_t limit : {7UZ, 50UZ, 300UZ}) {
      std::set<std::string> ids;
      size_t seen = 0;
      ListQuery query{.limit = limit, .order = order};
      do {
        const auto page = must(
            read([&](ReadTx& tx) { return list(tx, scope(), Container::global, ResourceType::datatypes, query); }));
        ASSERT_LE(page.results.size(), page_size_max);
        for (const Resource& resource : page.results) ids.insert(resource.id.text());
        seen += page.results.size();
        query.start = page.next;
      } while (!query.start.empty());
      EXPECT_EQ(seen, all) << order.front().name << ", " << limit;
      EXPECT_EQ(ids.size(), all);
    }
  }
  ListQuery gone{.order = {{.name = "version"}}, .start = "1.0;$id=https://x/gone"};
  const auto refused =
      read([&](ReadTx& tx) { return list(tx, scope(), Container::global, ResourceType::datatypes, gone); });
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code->id, "LG-1302-400");
}

TEST_F(RegistryList, AnImportedOneTakesThePlaceOfTheBuiltIn) {
  const Resource& built_in = built_in_resources(ResourceType::datatypes).front();
  ledger::Resource imported = row("zzz, another title", 1);
  imported.id = built_in.id;
  imported.alt_id = built_in.alt_id;
  must(write([&](Tx& tx) { return ledger::insert_resource(tx, imported); }));
  walk(10, false, built_in_resources(ResourceType::datatypes).size());
}

}  // namespace
}  // namespace lakegate::registry
