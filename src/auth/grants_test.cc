#include "auth/grants.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/client_grants.h"
#include "ledger/datasets.h"
#include "ledger/ledger_test_support.h"
#include "ledger/orgs.h"

namespace lakegate::auth {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

class GrantsJson : public ::testing::Test {
 protected:
  GrantsJson() {
    must(world_.write([&](Tx& tx) {
      return ledger::insert_client(
          tx, {.client_id = key_, .org = world_.scope().org, .secret_hash = "x", .user_id = "u", .name = "reader"});
    }));
  }

  auto read(const std::string& text) {
    return world_.read([&](ReadTx& tx) { return read_grants(tx, world_.scope().org, json::parse(text)); });
  }
  std::string dataset() const { return "\"" + world_.dataset().text() + "\""; }

  // Read, stored, loaded and rendered it is the same.
  void check(const std::string& text) {
    SCOPED_TRACE(text);
    const auto grants = must(read(text));
    const json::value shown = must(world_.write([&](Tx& tx) -> Result<json::value> {
      LG_TRY(ledger::set_client_grants(tx, world_.scope().org, key_, grants));
      LG_ASSIGN(const auto stored, ledger::client_grants(tx, key_));
      EXPECT_EQ(stored, grants);
      return render_grants(tx, world_.scope().org, stored);
    }));
    EXPECT_EQ(json::serialize(shown), json::serialize(json::parse(text)));
  }

  void check_refused(const std::string& text, const char* says) {
    SCOPED_TRACE(text);
    const auto grants = read(text);
    ASSERT_FALSE(grants);
    EXPECT_EQ(grants.error().kind(), ErrorKind::invalid);
    EXPECT_THAT(grants.error().message, HasSubstr(says));
  }

  LedgerWorld world_;
  ApiKey key_{"reader"};
};

TEST_F(GrantsJson, ComesBackAsItWent) {
  check("null");
  check(R"([{"rights": ["read"], "sandbox": null, "datasets": null}])");
  check(R"([{"rights": ["read", "ingest"], "sandbox": "prod", "datasets": null}])");
  check(R"([{"rights": ["read"], "sandbox": null, "datasets": null},
            {"rights": ["manage"], "sandbox": "prod", "datasets": [)" +
        dataset() + "]}]");
}

TEST_F(GrantsJson, TakesLeftOutMembersForNull) {
  const auto grants = must(read(R"([{"rights": ["manage", "read", "read"]}])"));
  ASSERT_EQ(grants->size(), 1U);
  EXPECT_EQ(grants->front(), (Grant{.rights = Rights(Right::read) | Right::manage}));
}

TEST_F(GrantsJson, SaysWhatIsWrong) {
  check_refused("[]", "1 to 64");
  check_refused("{}", "null, or a list");
  check_refused("[1]", "grants[0]: found 1");
  check_refused(R"([{"rights": ["read"]}, {}])", "grants[1].rights: found nothing");
  check_refused(R"([{"rights": []}])", "grants[0].rights: found []");
  check_refused(R"([{"rights": ["write"]}])", "grants[0].rights: found \"write\"; expected some of \"read\"");
  check_refused(R"([{"rights": ["read"], "sandbox": "nowhere"}])", "found \"nowhere\"; expected the name of a sandbox");
  check_refused(R"([{"rights": ["read"], "sandbox": 3}])", "grants[0].sandbox: found 3");
  check_refused(R"([{"rights": ["read"], "datasets": []}])", "grants[0].datasets: found []");
  check_refused(R"([{"rights": ["read"], "datasets": ["none"]}])",
                "found \"none\"; expected the id of a dataset of the org");
  check_refused(R"([{"rights": ["read"], "dataset": "x"}])", "grants[0].dataset");
}

// Ids of others are as unknown as those that nobody has.
TEST_F(GrantsJson, KnowsTheDatasetsOfItsOrgAlone) {
  const DatasetId foreign = world_.insert_dataset(world_.other_org(), "theirs");
  check_refused("[{\"rights\": [\"read\"], \"datasets\": [\"" + foreign.text() + "\"]}]", "a dataset of the org");
  const DatasetId dev = world_.insert_dataset(world_.other_sandbox(), "dev");
  check_refused("[{\"rights\": [\"read\"], \"sandbox\": \"prod\", \"datasets\": [\"" + dev.text() + "\"]}]",
                "a dataset of that sandbox");
}

TEST_F(GrantsJson, AreLimited) {
  std::string many = "[{\"rights\": [\"read\"], \"datasets\": [";
  for (int i = 0; i < 1001; ++i) many += (i == 0 ? "" : ",") + dataset();
  check_refused(many + "]}]", "more than 1000 datasets");
  std::string grants = "[";
  for (int i = 0; i < 65; ++i) grants += std::string(i == 0 ? "" : ",") + R"({"rights": ["read"]})";
  check_refused(grants + "]", "1 to 64");
}

TEST_F(GrantsJson, OfAnotherOrgsKeyAreNotSet) {
  const auto set =
      world_.write([&](Tx& tx) { return ledger::set_client_grants(tx, world_.other_org().org, key_, std::nullopt); });
  EXPECT_EQ(refusal_of(set).kind(), ErrorKind::not_found);
}

}  // namespace
}  // namespace lakegate::auth
