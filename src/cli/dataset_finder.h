// A dataset by what people call it.
#pragma once

#include <boost/json.hpp>

#include <string>

#include "base/result.h"
#include "cli/api_client.h"

namespace lakegate::cli {

struct FoundDataset {
  std::string id;
  std::string name;
  boost::json::value document;  // as the Catalog shows it
};

// An id where it has an id's form and exists, else a name. `not_found_by_server`, or `name_ambiguous` with the ids that
// bear it.
Result<FoundDataset> find_dataset(ApiClient& api, const std::string& name_or_id);

}  // namespace lakegate::cli
