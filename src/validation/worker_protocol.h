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

// How long the rows of a preview may be as text, where their values may have `bytes_max`: JSON escapes some bytes by
// six.
constexpr int64_t rows_text_bytes_max(int64_t bytes_max) { return 8 * bytes_max + (1 << 20); }

// To the worker, with three descriptors: the file, the schema's texts, the memory that takes the result.
struct JobMessage {
  enum class Kind : int32_t { judge, read_rows };
  uint64_t job = 0;  // from 1 on
  Kind kind = Kind::judge;
  int32_t format = 0;
  int64_t sent_bytes = 0;
  int64_t tail_bytes_max = 0;  // the result's memory has report_bytes_max on top
  int64_t check_bytes = 0;     // the schema's texts stand one behind the other
  int64_t table_bytes = 0;
  int64_t columns_max = 0;
  int64_t rows_max = 0;  // of read_rows, whose file ends with its footer at sent_bytes
  int64_t rows_bytes_max = 0;
  std::array<char, 32> schema_hash{};
};

// From the worker. The result's memory holds the tail at its beginning, and the report (the rows, if they were asked
// for), or the message of an error, where it says.
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
