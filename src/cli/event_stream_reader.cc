#include "cli/event_stream_reader.h"

#include <utility>

namespace lakegate::cli {

// Our server ends lines with LF; CR before it is part of the line's end, too.
bool EventStreamReader::read(std::string_view bytes) {
  rest_ += bytes;
  size_t begin = 0;
  for (size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
    std::string_view line = std::string_view(rest_).substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    take_line(line);
    begin = end + 1;
  }
  rest_.erase(0, begin);
  return rest_.size() <= line_bytes_max;
}

void EventStreamReader::start_over() {
  rest_.clear();
  message_ = {};
  id_ = cursor_;
}

void EventStreamReader::take_line(std::string_view line) {
  if (line.empty()) {
    end_block();
    return;
  }
  const size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "id") id_ = value;
  if (name == "event") message_.type = value;
  if (name == "data") {
    if (!message_.data.empty()) message_.data += '\n';
    message_.data += value;
  }
}

void EventStreamReader::end_block() {
  cursor_ = id_;
  const Message message = std::exchange(message_, {});
  if (!message.data.empty()) on_message_(message);
}

}  // namespace lakegate::cli
