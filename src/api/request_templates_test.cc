#include "api/request_templates.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "base/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

Result<std::string> value_of(std::string_view request, std::string_view field) {
  if (request != "first") return fail(codes::invalid_argument, "No request {}.", request);
  return fmt::format("[{}]", field);
}

TEST(RequestTemplates, Texts) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"<<first.id>>", "[id]"},
      {"<<first>>", "[id]"},
      {"/dataSets/<<first.id>>/views/<<first.viewId>>?x=1", "/dataSets/[id]/views/[viewId]?x=1"},
      {"<<first.a.b>>", "[a.b]"},
      {"a << b >> c", "a << b >> c"},
      {"<<>>", "<<>>"},
      {"<<first.id", "<<first.id"},
      {"first.id>>", "first.id>>"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(fill_templates(text, value_of).value(), expected) << text;
  EXPECT_EQ(fill_templates("<<second.id>>", value_of).error().message, "No request second.");
}

TEST(RequestTemplates, ValuesAtAnyDepth) {
  const json::value value = json::parse(R"({"a":["<<first.x>>",1,null,{"<<first.k>>":"y<<first>>"}],"b":true})");
  EXPECT_EQ(json::serialize(fill_all_templates(value, value_of).value()),
            R"({"a":["[x]",1,null,{"[k]":"y[id]"}],"b":true})");
  EXPECT_FALSE(fill_all_templates(json::parse(R"([["<<none.x>>"]])"), value_of).has_value());
}

}  // namespace
}  // namespace lakegate::api
