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
  log::set_format(loaded.values.log_format == "json" ? log::Format::json : log::Format::text);
  for (const std::string& warning : loaded.warnings) log::warning(warning);
  if (const uint64_t limit = raise_descriptor_limit(); limit < descriptors_wanted) {
    log::warning("Few open files are allowed (ulimit -n): many clients at once will be refused", {{"allowed", limit}});
  }

  auto node = Node::start(loaded.values);
  if (!node) {
    log::error("Cannot start", {{"cause", node.error()}});
    return 1;
  }
  std::printf("lakegate ready %s\n", (*node)->base_url().c_str());
  std::fflush(stdout);
  tell_service_manager("READY=1");

  const int signal = signals.wait();
  log::info("Stopping", {{"signal", ::strsignal(signal)}});
  tell_service_manager("STOPPING=1");
  (*node)->stop();
  return 0;
}

}  // namespace lakegate::server
