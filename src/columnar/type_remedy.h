// What to do about column types that files have for no good reason of their own.
#pragma once

#include <string>

#include "columnar/file_schema.h"

namespace lakegate::columnar {

// Empty: nothing in particular.
std::string type_remedy(const FileNode& column);

}  // namespace lakegate::columnar
