// The worker process: what `lakegate worker` runs. Not for people; the Validator starts it.
#pragma once

namespace lakegate::validation {

// The descriptor on which a worker finds its socket, and the environment that it needs from its first instruction on
// (libarrow reads it while loading).
inline constexpr int worker_socket = 3;

// Serves jobs from the SEQPACKET socket until its peer closes it; answers the process's exit code. Before the first job
// it warms up every decoder and locks itself in: no new descriptors, connections or programs (seccomp), 1 GiB of
// address space, 256 MiB for decoding. Single-threaded. Nothing that the caller did before may have started a thread.
//
// `before_job` is for tests, which misbehave there as a file's decoder might: it is called inside of the sandbox.
using BeforeJob = void (*)(int file);
int worker_main(int socket, BeforeJob before_job = nullptr);

}  // namespace lakegate::validation
