#include "validation/sandbox.h"

#include <fcntl.h>
#include <malloc.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include "base/error_codes.h"

namespace lakegate::validation {
namespace {

bool limit(__rlimit_resource resource, rlim_t value) {
  const rlimit both{value, value};
  return ::setrlimit(resource, &both) == 0;
}

// Zero or the first error. What decoding and answering need, and what abort() needs to die cleanly.
int add_rules(scmp_filter_ctx filter) {
  const int plain[] = {SCMP_SYS(recvmsg),        SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(pread64),
                       SCMP_SYS(close),          SCMP_SYS(fstat),   SCMP_SYS(lseek),  SCMP_SYS(munmap),
                       SCMP_SYS(mremap),         SCMP_SYS(brk),     SCMP_SYS(futex),  SCMP_SYS(exit_group),
                       SCMP_SYS(rt_sigprocmask), SCMP_SYS(gettid),  SCMP_SYS(getpid)};
  for (const int call : plain) {
    if (const int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0); error != 0) return error;
  }
  const auto self = static_cast<scmp_datum_t>(::getpid());
  if (const int error =
          seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
      error != 0)
    return error;
  if (const int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                                         SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
      error != 0)
    return error;
  if (const int error =
          seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
      error != 0)
    return error;
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, self));
}

}  // namespace

void prepare_process(int socket) {
  // After a failed allocation, glibc looks for another arena and opens files for it: later, on an innocent job.
  ::mallopt(M_ARENA_MAX, 1);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_DUMPABLE, 0);
  ::prctl(PR_SET_NAME, "lakegate-worker");
  ::close_range(static_cast<unsigned>(socket) + 1, ~0U, 0);
}

Status lock_in() {
  const bool limited = limit(RLIMIT_AS, worker_address_space_bytes) && limit(RLIMIT_CORE, 0) &&
                       limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 16) && limit(RLIMIT_NPROC, 0);
  if (!limited) return fail(codes::internal, "Setting a worker's limits failed: {}.", std::strerror(errno));
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(SCMP_ACT_KILL_PROCESS), seccomp_release);
  if (filter == nullptr) return fail(codes::internal, "This kernel has no seccomp filters.");
  if (const int error = add_rules(filter.get()); error != 0) {
    return fail(codes::internal, "Making a worker's seccomp filter failed: {}.", std::strerror(-error));
  }
  if (const int error = seccomp_load(filter.get()); error != 0) {
    return fail(codes::internal, "Loading a worker's seccomp filter failed: {}.", std::strerror(-error));
  }
  return {};
}

}  // namespace lakegate::validation
