// Moving bytes between a socket and a file within the kernel. All of this runs on pool threads.
#pragma once

#include <cstdint>
#include <span>

namespace lakegate::http {

// How far one step got, and why it stopped.
struct MoveStep {
  enum class Stop {
    done,         // all that was asked for, or enough for one turn: call again
    would_block,  // the socket has to become ready first
    ended,        // the socket, or the file that is sent, has ended
    socket_failed,
    file_failed,  // errno in `error`
    unsupported,  // this pair cannot be spliced; nothing was moved
  };
  Stop stop = Stop::done;
  int64_t bytes = 0;  // moved in this step, whatever stopped it
  int error = 0;
};

// First `held`, then what a socket (non-blocking) has, to a file. Uses the calling thread's pipe, which is empty again
// on return. Whole pieces of the file go on their way to the disk at once, so that less is left for the sync that
// follows.
MoveStep splice_to_file(std::span<const std::byte> held, int socket, int file, int64_t offset, int64_t bytes_max);

// File to socket (non-blocking), by sendfile.
MoveStep send_from_file(int socket, int file, int64_t offset, int64_t bytes_max);

// All of `bytes` at `offset`: 0 or errno.
int write_fully(int file, std::span<const std::byte> bytes, int64_t offset);

}  // namespace lakegate::http
