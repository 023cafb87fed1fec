#include "validation/sandbox.h"

#include <fcntl.h>
#include <malloc.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
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

// The soft limit alone: the filter lets nobody raise it, and where there is no filter the reason for that has to get
// into the log, which may be a file.
bool limit_file_bytes(rlim_t value) {
  rlimit both{};
  if (::getrlimit(RLIMIT_FSIZE, &both) != 0) return false;
  both.rlim_cur = std::min(value, both.rlim_max);
  return ::setrlimit(RLIMIT_FSIZE, &both) == 0;
}

// A call that is allowed when one argument is as wanted. (The macros SCMP_A0 … are C99, not C++.)
struct ArgumentRule {
  int call;
  scmp_arg_cmp argument;
};

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
  const ArgumentRule with_argument[] = {
      {SCMP_SYS(mmap), {.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0}},
      {SCMP_SYS(newfstatat), {.arg = 3, .op = SCMP_CMP_MASKED_EQ, .datum_a = AT_EMPTY_PATH, .datum_b = AT_EMPTY_PATH}},
      {SCMP_SYS(write), {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = STDERR_FILENO, .datum_b = 0}},
      {SCMP_SYS(tgkill), {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = self, .datum_b = 0}},
  };
  for (const ArgumentRule& rule : with_argument) {
    const int error = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rule.call, 1, &rule.argument);
    if (error != 0) return error;
  }
  return 0;
}

}  // namespace

void prepare_process(int socket) {
  // After a failed allocation, glibc looks for another arena and opens files for it: later, on an innocent job.
  ::mallopt(M_ARENA_MAX, 1);
  // Each column chunk takes buffers of a page and a dictionary, of a megabyte or two. Kept between chunks, they are not
  // made of fresh pages each time.
  ::mallopt(M_MMAP_THRESHOLD, 8 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 16 << 20);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_DUMPABLE, 0);
  ::prctl(PR_SET_NAME, "lakegate-worker");
  ::close_range(static_cast<unsigned>(socket) + 1, ~0U, 0);
}

Status lock_in() {
  const bool limited = limit(RLIMIT_AS, worker_address_space_bytes) && limit(RLIMIT_CORE, 0) &&
                       limit(RLIMIT_NOFILE, 16) && limit(RLIMIT_NPROC, 0);
  if (!limited) return fail(codes::internal, "Setting a worker's limits failed: {}.", std::strerror(errno));
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(SCMP_ACT_KILL_PROCESS), seccomp_release);
  if (filter == nullptr) return fail(codes::internal, "This kernel has no seccomp filters.");
  if (const int error = add_rules(filter.get()); error != 0) {
    return fail(codes::internal, "Making a worker's seccomp filter failed: {}.", std::strerror(-error));
  }
  if (!limit_file_bytes(0)) return fail(codes::internal, "Setting a worker's limits failed: {}.", std::strerror(errno));
  if (const int error = seccomp_load(filter.get()); error != 0) {
    (void)limit_file_bytes(RLIM_INFINITY);
    return fail(codes::internal, "Loading a worker's seccomp filter failed: {}.", std::strerror(-error));
  }
  return {};
}

}  // namespace lakegate::validation
