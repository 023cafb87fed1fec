// What the kernel knows of this process, under the names that Prometheus' own clients use.
#pragma once

#include "metrics/exposition.h"

namespace lakegate::metrics {

// Reads /proc; what cannot be read is left out. Without the worker processes.
void expose_process(Exposition& out);

}  // namespace lakegate::metrics
