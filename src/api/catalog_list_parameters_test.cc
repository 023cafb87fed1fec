#include "api/catalog_list_parameters.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "http/target.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

http::Request request(std::string_view query) {
  http::Request made;
  made.query = *http::parse_query(query);
  return made;
}

std::string to_text(const ledger::FilterValue& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  return std::get<std::string>(value);
}

const char* sign(ledger::Comparison comparison) {
  switch (comparison) {
    case ledger::Comparison::any_of: return "in";
    case ledger::Comparison::none_of: return "not in";
    case ledger::Comparison::less: return "<";
    case ledger::Comparison::less_or_equal: return "<=";
    case ledger::Comparison::greater: return ">";
    case ledger::Comparison::greater_or_equal: return ">=";
    case ledger::Comparison::matches: return "like";
    case ledger::Comparison::matches_none: return "not like";
    case ledger::Comparison::searches: return "finds";
    case ledger::Comparison::exists: return "exists";
    case ledger::Comparison::absent: return "absent";
  }
  return "";
}

// "start+limit; created > 5 | status in failed,active; created desc", or the refusal's message.
template <class Field>
std::string describe(const Result<ledger::ListQuery<Field>>& query, const ListVocabulary<Field>& vocabulary) {
  if (!query) {
    EXPECT_EQ(query.error().code->id, "LG-1302-400");
    return query.error().message;
  }
  const auto name_of = [&](Field field) {
    for (const auto& name : vocabulary.names) {
      if (name.field == field) return std::string(name.name);
    }
    return std::string("?");
  };
  std::string text = fmt::format("{}+{};", query->start, query->limit);
  for (const auto& filter : query->filters) {
    text += fmt::format(" {} {}", name_of(filter.field), sign(filter.comparison));
    for (const auto& value : filter.values) text += " " + to_text(value);
    text += ";";
  }
  for (const auto& [key, value] : query->tags) text += fmt::format(" [{}={}]", key, value);
  for (const auto& key : query->order)
    text += fmt::format(" by {}{}", name_of(key.field), key.descending ? " desc" : "");
  return text;
}

std::string batches(std::string_view query) {
  return describe(parse_list_query(request(query), batch_list_vocabulary()), batch_list_vocabulary());
}
std::string datasets(std::string_view query) {
  return describe(parse_list_query(request(query), dataset_list_vocabulary()), dataset_list_vocabulary());
}

TEST(CatalogListParameters, Batches) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "0+20;"},
      {"limit=1&start=7", "7+1;"},
      {"limit=100&offset=7", "7+100;"},
      {"start=1&offset=7", "1+20;"},
      {"unknown=1&aggregate=true&properties=id", "0+20;"},
      {"orderBy=desc:created", "0+20; by created desc"},
      {"orderBy=created,desc:updated", "0+20; by created by updated desc"},
      {"orderBy=ASC:created", "0+20; by created"},
      {"sort=desc:size", "0+20; by size desc"},
      {"orderBy=", "0+20;"},
      {"status=failed", "0+20; status in failed;"},
      {"status=SUCCESS,Failure", "0+20; status in active failed;"},
      {"status=!active,loading", "0+20; status not in active loading;"},
      {"status=retrying", "0+20; status in;"},
      {"status=retrying,active", "0+20; status in active;"},
      {"status=!retrying", "0+20;"},
      {"createdAfter=5&createdBefore=9", "0+20; created > 5; created < 9;"},
      {"dataSet=a,b&batch=c", "0+20; dataSet in a b; id in c;"},
      {"externalId=feed*1", "0+20; externalId in feed*1;"},
      {"version=1.0.3", "0+20; version in 3;"},
      {"recordCount=10", "0+20; recordCount in 10;"},
      {"property=completed", "0+20; completed exists;"},
      {"property=!externalId", "0+20; externalId absent;"},
      {"property=status==failed&property=size>=10", "0+20; status in failed; size >= 10;"},
      {"property=created%3C5&property=created%3E%3D1", "0+20; created < 5; created >= 1;"},
      {"property=status!=failed", "0+20; status not in failed;"},
      {"property=externalId~^a.*", "0+20; externalId finds ^a.*;"},
      {"property=status~^a", "0+20; status finds ^a;"},
      {"startAfter=5&endBefore=9", "0+20; ? > 5; ? < 9;"},
      {"connection=x&transform=!y", "0+20; connection in x; connection not in y;"},
      {"tags=unifiedProfile:enabled:true", "0+20; [unifiedProfile=enabled:true]"},
      {"tags=adobe/pqs/table:loy*,k:*,l", "0+20; [adobe/pqs/table=loy*] [k=] [l=]"},
      {"tags=a:1&tags=b:2&status=active", "0+20; status in active; [a=1] [b=2]"},
  };
  for (const auto& [query, expected] : cases) {
    // `id` and `batch`, `dataSet` and `dataSetId` are one field with two names; the first is shown.
    EXPECT_EQ(batches(query), expected) << query;
  }
}

TEST(CatalogListParameters, Datasets) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"name=Loyalty", "0+20; name in Loyalty;"},
      {"name=Loy*", "0+20; name like Loy*;"},
      {"name=!a,b", "0+20; name not in a b;"},
      {"property=name==Loy*", "0+20; name like Loy*;"},
      {"property=name!=Loy*", "0+20; name not like Loy*;"},
      {"name=a*,b", "0+20; name like a* b;"},
      {"name=!a*,b", "0+20; name not like a* b;"},
      {"property=name~^L.*y$", "0+20; name finds ^L.*y$;"},
      {"enableErrorDiagnostics=True", "0+20; enableErrorDiagnostics in true;"},
      {"property=!connectorId&property=extensions", "0+20; connectorId absent; extensions exists;"},
      {"state=DRAFT&namespace=ACP", "0+20; state in DRAFT; namespace in ACP;"},
      {"lastBatchStatus=success&lastBatchId=x", "0+20; lastBatchStatus in active; lastBatchId in x;"},
      {"description=", "0+20; description in ;"},
      {"property=schemaRef.id==https://ns.adobe.com/acme/schemas/1",
       "0+20; schemaRef.id in https://ns.adobe.com/acme/schemas/1;"},
      {"orderBy=name,desc:created", "0+20; by name by created desc"},
      {"status=anything", "0+20;"},
  };
  for (const auto& [query, expected] : cases) EXPECT_EQ(datasets(query), expected) << query;
}

// What is refused, and a word that the message must hold.
TEST(CatalogListParameters, Refusals) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"limit=0", "1 to 100"},
      {"limit=101", "1 to 100"},
      {"limit=x", "1 to 100"},
      {"limit=", "1 to 100"},
      {"limit=5.0", "1 to 100"},
      {"start=-1", "from 0"},
      {"start=x", "from 0"},
      {"orderBy=nonsense", "nonsense"},
      {"orderBy=up:created", "asc:"},
      {"orderBy=id,created,updated,size,version", "at most 4"},
      {"status=activ", "loading, loaded"},
      {"createdAfter=yesterday", "milliseconds"},
      {"recordCount=many", "recordCount"},
      {"version=2.1", "1.0.3"},
      {"property=nonsense", "a filter by one of"},
      {"property=size~5", "regular expressions are for texts"},
      {"property=externalId~", "behind ~"},
      {"property=status>active", "no order"},
      {"property=!status==active", "!name"},
      {"tags=:x", "key:value"},
      {"endBefore=soon", "whole number"},
  };
  for (const auto& [query, expected] : cases) {
    EXPECT_NE(batches(query).find(expected), std::string::npos) << query << ": " << batches(query);
  }
  EXPECT_NE(datasets("enableErrorDiagnostics=perhaps").find("true or false"), std::string::npos);
  std::string many = "id=";
  for (int i = 0; i < 101; ++i) many += "x,";
  EXPECT_NE(batches(many).find("at most 100"), std::string::npos);
  std::string filters;
  for (int i = 0; i < 33; ++i) filters += "id=x&";
  EXPECT_NE(batches(filters).find("at most 32"), std::string::npos);
}

// Filters may come as headers; the query beats the same one, and what HTTP means by a header is no filter.
TEST(CatalogListParameters, Headers) {
  const auto describe_both = [](std::string_view query, http::Headers headers) {
    http::Request made = request(query);
    made.headers = std::move(headers);
    return describe(parse_list_query(made, batch_list_vocabulary()), batch_list_vocabulary());
  };
  EXPECT_EQ(describe_both("", {{"Limit", "5"}, {"start", " 10 "}, {"orderBy", "desc:created"}}),
            "10+5; by created desc");
  EXPECT_EQ(describe_both("limit=7", {{"limit", "5"}}), "0+7;");
  EXPECT_EQ(describe_both("", {{"status", "failed"}, {"createdAfter", "5"}, {"tags", "k:v"}}),
            "0+20; status in failed; created > 5; [k=v]");
  EXPECT_EQ(describe_both("status=active", {{"status", "failed"}}), "0+20; status in active;");
  EXPECT_EQ(describe_both("", {{"Connection", "keep-alive"}, {"Accept", "*/*"}}), "0+20;");
  EXPECT_NE(describe_both("", {{"limit", "500"}}).find("1 to 100"), std::string::npos);
  http::Request made = request("");
  made.headers = {{"properties", "a"}};
  EXPECT_FALSE(ShownMembers(made).shows("b"));
}

TEST(CatalogListParameters, Properties) {
  const json::object object{{"a", 1}, {"b", 2}, {"c", {{"d", 3}}}};
  const auto select = [&](std::string_view query) {
    return json::serialize(ShownMembers(request(query)).select(object));
  };
  EXPECT_EQ(select(""), R"({"a":1,"b":2,"c":{"d":3}})");
  EXPECT_EQ(select("properties="), R"({"a":1,"b":2,"c":{"d":3}})");
  EXPECT_EQ(select("properties=c, a"), R"({"a":1,"c":{"d":3}})");
  EXPECT_EQ(select("properties=none"), "{}");
  EXPECT_TRUE(ShownMembers(request("properties=b")).shows("b"));
  EXPECT_FALSE(ShownMembers(request("properties=b")).shows("a"));
}

}  // namespace
}  // namespace lakegate::api
