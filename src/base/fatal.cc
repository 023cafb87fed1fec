#include "base/fatal.h"

#include <unistd.h>

#include "base/log.h"

namespace lakegate {

void stop_process(const Error& cause) {
  log::error("Stopping at once, since data may not be durable", {{"cause", cause}});
  ::_exit(70);
}

}  // namespace lakegate
