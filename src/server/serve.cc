#include "server/serve.h"

#include <cstdio>
#include <cstring>

#include "base/log.h"
#include "server/node.h"
#include "server/process.h"

namespace lakegate::server {
namespace {

constexpr uint64_t descriptors_wanted = 4096;

log::Level parse_level(const std::string& name) {
  if (name == "debug") return log::Level::debug;
  if (name == "warning") return log::Level::warning;
  return name == "error" ? log::Level::error : log::Level::info;
}

}  // namespace

int serve(const LoadedSettings& loaded) {
  share_freed_memory();
  StopSignals signals;
  log::set_level(parse_level(loaded.values.log_level));
  for (const std::string& warning : loaded.warnings) log::warning("{}", warning);
  if (const uint64_t limit = raise_descriptor_limit(); limit < descriptors_wanted) {
    log::warning("only {} open files are allowed (ulimit -n): many clients at once will be refused", limit);
  }

  auto node = Node::start(loaded.values);
  if (!node) {
    log::error("cannot start: {}", node.error().message);
    return 1;
  }
  std::printf("lakegate ready %s\n", (*node)->base_url().c_str());
  std::fflush(stdout);

  const int signal = signals.wait();
  log::info("stopping: {}", ::strsignal(signal));
  (*node)->stop();
  return 0;
}

}  // namespace lakegate::server
