// `lakegate config show`: every setting, its value and where that comes from.
#pragma once

#include "server/settings.h"

namespace lakegate::server {

// On standard output: a line each, or with `json` one array of objects. Warnings of unknown settings go to standard
// error. Gives 0.
int show_config(const LoadedSettings& loaded, bool json);

}  // namespace lakegate::server
