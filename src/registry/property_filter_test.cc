#include "registry/property_filter.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "model/error_codes.h"

namespace lakegate::registry {
namespace {

constexpr const char* document = R"({"title": "Loyalty, gold", "version": "1.10", "$id": "https://x/a",
  "meta:intendedToExtend": ["https://x/one", "https://x/two"], "meta:immutableTags": ["union"], "meta:abstract": true,
  "meta:registryMetadata": {"repo:createdDate": 1700}})";

void check(const char* filter, bool expected) {
  PropertyFilter made;
  const Status added = made.add(filter);
  ASSERT_TRUE(added.has_value()) << filter << ": " << added.error().message;
  EXPECT_EQ(made.matches(boost::json::parse(document).as_object()), expected) << filter;
}

void check_refused(const char* filter) {
  PropertyFilter made;
  const Status added = made.add(filter);
  ASSERT_FALSE(added.has_value()) << filter;
  EXPECT_EQ(added.error().code, &codes::list_parameter_invalid);
}

TEST(PropertyFilter, Operators) {
  check("title", true);
  check("meta:status", false);
  check("$id==https://x/a", true);
  check("$id==https://x/b", false);
  check("$id!=https://x/b", true);
  check("meta:status!=deprecated", true);
  check("meta:intendedToExtend==https://x/two", true);
  check("meta:intendedToExtend!=https://x/two", false);
  check("meta:intendedToExtend==https://x/three", false);
  check("meta:immutableTags==union", true);
  check("meta:abstract==true", true);
  check("title~^Loyal", true);
  check("title~gold$", true);
  check("title~^gold", false);
  check("meta:registryMetadata.repo:createdDate>=1700", true);
  check("meta:registryMetadata.repo:createdDate>900", true);
  check("meta:registryMetadata.repo:createdDate<1700", false);
  check("meta:registryMetadata.repo:createdDate<=1700", true);
}

TEST(PropertyFilter, SeveralConditionsByComma) {
  check("title==Loyalty, gold", true);
  check("title==Loyalty, gold,version==1.10", true);
  check("version==1.10,title==Loyalty, silver", false);
  check("meta:abstract==true,meta:immutableTags", true);
  check("meta:abstract==true,meta:status", false);
}

TEST(PropertyFilter, RefusesWhatIsNone) {
  check_refused("");
  check_refused("==x");
  check_refused("a b==x");
  check_refused("title~(");
  PropertyFilter made;
  for (size_t i = 0; i < conditions_max; ++i) ASSERT_TRUE(made.add("title").has_value());
  EXPECT_FALSE(made.add("title").has_value());
}

}  // namespace
}  // namespace lakegate::registry
