// EventStreamReader: server-sent events (HTML Living Standard, section 9.2) out of bytes that come in any pieces.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace lakegate::cli {

class EventStreamReader {
 public:
  struct Message {
    std::string type;  // empty: none was given
    std::string data;
  };
  static constexpr size_t line_bytes_max = 16 << 20;

  // `on_message` for each that has data. The cursor moves before it is called.
  explicit EventStreamReader(std::function<void(const Message&)> on_message) : on_message_(std::move(on_message)) {}

  // False: a line is longer than line_bytes_max, and nothing more is read.
  bool read(std::string_view bytes);
  // A new connection: what the last one left unfinished is forgotten, the cursor stays.
  void start_over();

  // The last `id` of a complete block; empty: none came yet.
  const std::string& cursor() const { return cursor_; }

 private:
  void take_line(std::string_view line);
  void end_block();

  const std::function<void(const Message&)> on_message_;
  std::string rest_;  // of a line that is not complete
  Message message_;
  std::string id_;
  std::string cursor_;
};

}  // namespace lakegate::cli
