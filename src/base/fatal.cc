#include "base/fatal.h"

#include <unistd.h>

#include "base/log.h"

namespace lakegate {

void stop_process(const Error& cause) {
  log::error("stopping at once, since data may not be durable code={} cause={}", cause.code->id, cause.message);
  ::_exit(70);
}

}  // namespace lakegate
