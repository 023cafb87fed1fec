#include "http/target.h"

#include <gtest/gtest.h>

#include <optional>

namespace lakegate::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// None: refused.
void check_query(std::string_view text, const std::optional<Pairs>& expected) {
  SCOPED_TRACE(text);
  const auto parsed = parse_query(text);
  ASSERT_EQ(parsed.has_value(), expected.has_value());
  if (!parsed) return;
  Pairs found;
  for (const Parameter& each : *parsed) found.emplace_back(each.name, each.value);
  EXPECT_EQ(found, *expected);
}

TEST(Target, QueryIsDecoded) {
  check_query("", Pairs{});
  check_query("action=COMPLETE", Pairs{{"action", "COMPLETE"}});
  check_query("a=1&a=2&b", Pairs{{"a", "1"}, {"a", "2"}, {"b", ""}});
  check_query("a=x%20y+z&b=%2B", Pairs{{"a", "x y z"}, {"b", "+"}});
  check_query("&&a==1=&", Pairs{{"a", "=1="}});
  check_query("n%C3%A4me=%E2%82%AC", Pairs{{"n\u00e4me", "\u20ac"}});
  check_query("property=title==a|{\"b\"}", Pairs{{"property", "title==a|{\"b\"}"}});
  check_query("a=%", std::nullopt);
  check_query("a=%4", std::nullopt);
  check_query("a=%zz", std::nullopt);
  check_query("a=%00", std::nullopt);
  check_query("a=%FF", std::nullopt);
  check_query("a=%C0%AF", std::nullopt);
  check_query("a=%ED%A0%80", std::nullopt);
  check_query("a=%F4%90%80%80", std::nullopt);
  check_query("a=%E2%82", std::nullopt);
}

void check_path(std::string_view path, const std::optional<std::vector<std::string>>& expected) {
  SCOPED_TRACE(path);
  const auto segments = decode_segments(path);
  EXPECT_EQ(segments ? std::optional(*segments) : std::nullopt, expected);
}

TEST(Target, PathIsDecodedSegmentBySegment) {
  using Segments = std::vector<std::string>;
  check_path("/", Segments{""});
  check_path("/a/b", Segments{"a", "b"});
  check_path("/a/b/", Segments{"a", "b", ""});
  check_path("/a//b", Segments{"a", "", "b"});
  check_path("/a%2Fb/c+d", Segments{"a/b", "c+d"});
  check_path("/%e4", std::nullopt);
  check_path("/a%00b", std::nullopt);
  check_path("/100%", std::nullopt);
}

// target -> path, host; an empty path: refused.
void check_split(std::string target, std::string_view path, std::string_view host) {
  SCOPED_TRACE(target);
  Request request;
  request.target = std::move(target);
  const bool taken = split_target(request).has_value();
  EXPECT_EQ(taken, !path.empty());
  if (!taken) return;
  EXPECT_EQ(request.path, path);
  EXPECT_EQ(request.host, host);
}

TEST(Target, FormsOfTargets) {
  check_split("/a/b?c=d?e", "/a/b", "");
  check_split("http://lake:80/a?x", "/a", "lake:80");
  check_split("HTTPS://lake", "/", "lake");
  check_split("http://lake?x=/y", "", "");
  check_split("*", "*", "");
  check_split("a/b", "", "");
  check_split("/a#b", "", "");
}

}  // namespace
}  // namespace lakegate::http
