// Where readers find an object: the ledger stores keys, Iceberg's files store URIs.
#pragma once

#include <functional>
#include <string>

#include "model/ids.h"

namespace lakegate::iceberg {

using Locate = std::function<std::string(const ObjectKey&)>;

}  // namespace lakegate::iceberg
