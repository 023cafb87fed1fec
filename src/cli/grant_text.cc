#include "cli/grant_text.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "cli/error_codes.h"
#include "cli/json_reading.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 3> known_rights = {"read", "ingest", "manage"};

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (true) {
    const size_t comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

std::vector<std::string> texts(const json::value& array) {
  std::vector<std::string> made;
  for (const json::value& one : items(array)) made.push_back(text(one));
  return made;
}

}  // namespace

Result<GrantText> parse_grant(std::string_view text) {
  const auto refuse = [&](std::string_view what) {
    return fail(codes::grant_unusable,
                "--grant {}: {}. Expected RIGHTS[:SANDBOX[/DATASET,…]], rights of read, ingest, manage with commas "
                "between them, e.g. read,ingest:prod/orders.",
                text, what);
  };
  GrantText grant;
  const size_t colon = text.find(':');
  grant.rights = split(text.substr(0, colon));
  for (const std::string& right : grant.rights) {
    if (std::ranges::find(known_rights, right) == known_rights.end())
      return refuse(fmt::format("\"{}\" is no right", right));
  }
  if (colon == std::string_view::npos) return grant;
  const std::string_view where = text.substr(colon + 1);
  const size_t slash = where.find('/');
  const std::string_view sandbox = where.substr(0, slash);
  if (sandbox.empty()) return refuse("the sandbox is empty");
  if (sandbox != "*") grant.sandbox = sandbox;
  if (slash == std::string_view::npos) return grant;
  const std::string_view datasets = where.substr(slash + 1);
  if (datasets == "*") return grant;
  if (grant.sandbox.empty()) return refuse("datasets need a sandbox that is named");
  grant.datasets = split(datasets);
  if (std::ranges::any_of(grant.datasets, [](const std::string& one) { return one.empty(); }))
    return refuse("a dataset is empty");
  return grant;
}

std::string grant_text(const json::value& grant) {
  std::string made = fmt::format("{}", fmt::join(texts(member(grant, "rights")), ","));
  const std::string sandbox = text_member(grant, "sandbox");
  if (sandbox.empty() && member(grant, "datasets").is_null()) return made;
  made += ":" + (sandbox.empty() ? std::string("*") : sandbox);
  if (member(grant, "datasets").is_array())
    made += fmt::format("/{}", fmt::join(texts(member(grant, "datasets")), ","));
  return made;
}

std::string grants_text(const json::value& grants) {
  if (!grants.is_array()) return "all rights on all";
  std::string made;
  for (const json::value& grant : items(grants)) made += (made.empty() ? "" : "  ") + grant_text(grant);
  return made;
}

}  // namespace lakegate::cli
