// A schema out of a Parquet file's columns, for people who have data and no XDM.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/api_client.h"

namespace lakegate::cli {

// Creates an ad-hoc class with the file's columns and a schema named `title` over it; gives the schema's $id.
// `local_file` names a column whose type has no place in a table, and what to do.
Result<std::string> create_adhoc_schema(ApiClient& api, const std::string& title, const std::string& file);

}  // namespace lakegate::cli
