// Grants of a key on the command line: RIGHTS[:SANDBOX[/DATASET,…]], e.g. "read", "read,ingest:prod",
// "ingest:prod/orders".
#pragma once

#include <boost/json.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakegate::cli {

struct GrantText {
  std::vector<std::string> rights;
  std::string sandbox;                // empty: all
  std::vector<std::string> datasets;  // names or ids; empty: all
  bool operator==(const GrantText&) const = default;
};

// "*" for a sandbox or a dataset means all. `grant_unusable` says what is wrong with it.
Result<GrantText> parse_grant(std::string_view text);

// A grant, as the server shows it, in the same form; datasets as ids.
std::string grant_text(const boost::json::value& grant);
// All of a key: "all rights on all" where it has no restriction.
std::string grants_text(const boost::json::value& grants);

}  // namespace lakegate::cli
