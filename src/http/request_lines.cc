#include <algorithm>
#include <array>

#include "http/request_head.h"
#include "model/error_codes.h"

namespace lakegate::http {
namespace {

// Two of these would leave open which one counts.
constexpr std::array<std::string_view, 10> single_valued = {
    "authorization", "x-api-key", "x-gw-ims-org-id", "x-sandbox-name",    "content-length", "content-type",
    "content-range", "host",      "idempotency-key", "transfer-encoding",
};

constexpr size_t position(std::string_view name) {
  return static_cast<size_t>(std::ranges::find(single_valued, name) - single_valued.begin());
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

class LineCheck {
 public:
  // A header line without its CR LF.
  Status take(std::span<char> line) {
    const std::string_view text(line.data(), line.size());
    if (text.empty()) return {};
    if (is_blank(text.front())) {
      return fail(codes::malformed_request,
                  "A header line begins with a blank. Folded headers are not accepted; put the value on one line.");
    }
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0) {
      return fail(codes::malformed_request, "The header line '{}' is not 'name: value'.", shortened(text));
    }
    size_t name_bytes = colon;
    while (is_blank(text[name_bytes - 1])) --name_bytes;  // the first character is not blank
    const std::string_view name = text.substr(0, name_bytes);
    if (name_bytes < colon) {
      if (!equal_ignoring_case(name, "x-api-key")) {
        return fail(codes::malformed_request, "The header '{}' has a blank before its colon; write '{}: value'.",
                    shortened(name), shortened(name));
      }
      std::swap(line[name_bytes], line[colon]);  // "x-api-key : KEY" becomes "x-api-key:  KEY"
    }
    return count(name);
  }

 private:
  static std::string_view shortened(std::string_view text) { return text.substr(0, 100); }

  Status count(std::string_view name) {
    for (size_t i = 0; i < single_valued.size(); ++i) {
      if (!equal_ignoring_case(name, single_valued[i])) continue;
      if (std::exchange(seen_[i], true)) {
        return fail(codes::malformed_request, "The header '{}' was sent more than once; send it once.",
                    single_valued[i]);
      }
    }
    if (seen_[position("content-length")] && seen_[position("transfer-encoding")]) {
      return fail(
          codes::malformed_request,
          "The request has both Content-Length and Transfer-Encoding, so its end is unclear; send one of them.");
    }
    return {};
  }

  std::array<bool, single_valued.size()> seen_{};
};

}  // namespace

Status check_and_mend_lines(std::span<char> block) {
  LineCheck check;
  bool request_line = true;
  while (!block.empty()) {
    const auto end = std::ranges::find(block, '\n');
    const auto length = static_cast<size_t>(end - block.begin());
    if (end == block.end() || length == 0 || block[length - 1] != '\r') {
      return fail(codes::malformed_request, "A line of the header ends with LF alone; lines end with CR LF.");
    }
    if (!request_line) LG_TRY(check.take(block.first(length - 1)));
    request_line = false;
    block = block.subspan(length + 1);
  }
  return {};
}

}  // namespace lakegate::http
