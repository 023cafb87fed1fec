// What the validator and its worker processes say to each other, one message a packet. Both are the same program, so
// the messages are plain structures of this machine's layout.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/file_descriptor.h"

namespace lakegate::validation {

inline constexpr int64_t report_bytes_max = 16 << 20;

// To the worker, with three descriptors: the file, the schema's texts, the memory that takes the result.
struct JobMessage {
  uint64_t job = 0;  // from 1 on
  int64_t sent_bytes = 0;
  int64_t tail_bytes_max = 0;  // the result's memory has report_bytes_max on top
  int64_t check_bytes = 0;     // the schema's texts stand one behind the other
  int64_t table_bytes = 0;
  int32_t format = 0;
  std::array<char, 32> schema_hash{};
};

// From the worker. The result's memory holds the tail at its beginning, and the report, or the message of an error,
// where it says.
struct AnswerMessage {
  enum class Kind : int32_t { ready, judged, failed };
  uint64_t job = 0;  // 0: ready for jobs
  Kind kind = Kind::ready;
  int32_t leaves = 0;  // 1: this process ends now and must be replaced
  int64_t tail_bytes = 0;
  int64_t text_offset = 0;
  int64_t text_bytes = 0;
};

inline constexpr size_t message_descriptors_max = 3;

// False: the peer is gone (or, with `wait` false, does not take it now).
bool send_message(int socket, std::span<const std::byte> message, std::span<const int> descriptors, bool wait);

struct ReceivedMessage {
  size_t size_bytes = 0;  // 0: the peer is gone
  std::array<FileDescriptor, message_descriptors_max> descriptors;
  size_t descriptor_count = 0;
};
// Nothing: there is no message now (`wait` false), or it was longer than `into`, or broken.
std::optional<ReceivedMessage> receive_message(int socket, std::span<std::byte> into, bool wait);

}  // namespace lakegate::validation
