// Where credentials go that a command brings: to a file that its owner alone can read, or to standard output.
#pragma once

#include <boost/json.hpp>

#include <string>

#include "base/result.h"

namespace lakegate::cli {

// Before the request: a secret that cannot be kept is better not made. `local_file`: the folder of `path` is not there,
// or the file is and is not to be replaced.
Status check_credentials_file(const std::string& path, bool may_replace);

// 0600, whole or not at all. Empty `path`: one line on standard output, so that `> credentials.json` keeps it.
Status write_credentials(const boost::json::value& credentials, const std::string& path);

}  // namespace lakegate::cli
