#include "auth/rights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/error_codes.h"

namespace lakegate::auth {
namespace {

constexpr SandboxNumber prod{1};
constexpr SandboxNumber dev{2};
const DatasetId a("aaaaaaaaaaaaaaaaaaaaaaaa");
const DatasetId b("bbbbbbbbbbbbbbbbbbbbbbbb");

Sight sight_of(const Grants& grants, SandboxNumber sandbox, Right wanted) {
  return {Scope{.org = {7}, .sandbox = sandbox}, wanted, grants.in(sandbox)};
}

enum class May { yes, not_this, sees_nothing };

May may(const Grants& grants, SandboxNumber sandbox, Right right, const DatasetId& dataset) {
  const Sight sight = sight_of(grants, sandbox, right);
  if (!sight.sees(dataset)) return May::sees_nothing;
  const Status checked = sight.check(dataset);
  if (checked) return May::yes;
  EXPECT_EQ(checked.error().code, &codes::right_missing_on_dataset);
  return May::not_this;
}

TEST(Grants, NoneStoredIsAllRightsOnAll) {
  const Grants all;
  EXPECT_TRUE(all.is_all());
  for (const Right right : all_rights) {
    EXPECT_EQ(may(all, prod, right, a), May::yes);
    EXPECT_TRUE(all.on_all(right));
    EXPECT_FALSE(sight_of(all, prod, right).is_narrow());
    EXPECT_TRUE(sight_of(all, prod, right).check_everywhere());
  }
}

TEST(Grants, HoldInTheirSandboxAlone) {
  const Grants grants({{.rights = Right::read, .sandbox = prod}});
  EXPECT_TRUE(grants.sees(prod));
  EXPECT_FALSE(grants.sees(dev));
  EXPECT_EQ(may(grants, prod, Right::read, a), May::yes);
  EXPECT_EQ(may(grants, prod, Right::ingest, a), May::not_this);
  EXPECT_EQ(may(grants, dev, Right::read, a), May::sees_nothing);
  EXPECT_TRUE(grants.anywhere(Right::read));
  EXPECT_FALSE(grants.on_all(Right::read));
  EXPECT_FALSE(sight_of(grants, prod, Right::read).is_narrow());
  EXPECT_TRUE(sight_of(grants, prod, Right::ingest).is_narrow());
}

TEST(Grants, HoldOnTheirDatasetsAlone) {
  const Grants grants({{.rights = Rights(Right::read) | Right::ingest, .datasets = {{a}}}});
  EXPECT_EQ(may(grants, prod, Right::ingest, a), May::yes);
  EXPECT_EQ(may(grants, prod, Right::manage, a), May::not_this);
  EXPECT_EQ(may(grants, prod, Right::read, b), May::sees_nothing);
  const Sight sight = sight_of(grants, prod, Right::read);
  EXPECT_TRUE(sight.is_narrow());
  EXPECT_THAT(sight.listed(), ::testing::ElementsAre(a));
  EXPECT_THAT(sight.with(Right::manage).listed(), ::testing::IsEmpty());
  EXPECT_EQ(sight.check_everywhere().error().code, &codes::right_missing);
}

TEST(Grants, AddUp) {
  const Grants grants({{.rights = Right::read, .sandbox = prod},
                       {.rights = Right::ingest, .sandbox = prod, .datasets = {{a}}},
                       {.rights = Right::manage, .datasets = {{b}}}});
  EXPECT_EQ(may(grants, prod, Right::read, b), May::yes);
  EXPECT_EQ(may(grants, prod, Right::ingest, a), May::yes);
  EXPECT_EQ(may(grants, prod, Right::ingest, b), May::not_this);
  EXPECT_EQ(may(grants, prod, Right::manage, b), May::yes);
  EXPECT_EQ(may(grants, dev, Right::manage, b), May::yes);
  EXPECT_EQ(may(grants, dev, Right::manage, a), May::sees_nothing);
}

// Such a key pays for its grants as little as one that has none.
TEST(Grants, ThatGiveAllInASandboxNarrowNothing) {
  const Grants grants({{.rights = Right::read}, {.rights = Rights(Right::ingest) | Right::manage, .sandbox = prod}});
  EXPECT_EQ(grants.in(prod), nullptr);
  EXPECT_NE(grants.in(dev), nullptr);
  EXPECT_TRUE(grants.on_all(Right::read));
  EXPECT_FALSE(grants.on_all(Right::manage));
}

TEST(Need, SaysHowFarItReaches) {
  EXPECT_EQ(to_string(Need(Right::read)), "read");
  EXPECT_EQ(to_string(Need{Right::manage, Reach::sandbox}), "manage/sandbox");
  EXPECT_EQ(to_string(Need{Right::manage, Reach::server}), "manage/server");
}

}  // namespace
}  // namespace lakegate::auth
