// What a server asks of its process: descriptors, memory, signals.
#pragma once

#include <cstdint>
#include <string_view>

namespace lakegate::server {

// Raises the soft limit of open files to the hard one, and gives what it is then. A connection takes one descriptor, an
// upload two.
uint64_t raise_descriptor_limit();

// Keeps the memory that threads free within few pools, so that it is taken again by any of them. Before any thread is
// started.
void share_freed_memory();

// Tells whoever manages this service about its state, sd_notify(3): "READY=1", "STOPPING=1". Nothing where nobody asked
// for it by NOTIFY_SOCKET.
void tell_service_manager(std::string_view state);

// From construction on SIGTERM, SIGINT and SIGHUP wait for `wait`, and SIGPIPE is ignored. Before any thread is
// started: they inherit it. A SIGHUP that was ignored when the process began (nohup) stays ignored.
class StopSignals {
 public:
  StopSignals();

  // Returns the number of the signal that came. A second one then has its ordinary effect and ends the process at once.
  int wait();
};

}  // namespace lakegate::server
