#include "upload/multipart_decoder.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/ascii.h"
#include "http/header_parameter.h"
#include "model/error_codes.h"

namespace lakegate::upload {
namespace {

constexpr size_t headers_bytes_max = 16 * 1024;

std::unexpected<Error> broken(std::string_view why) {
  return fail(codes::malformed_request, "multipart/form-data: {}. Nothing was kept.", why);
}

// The value of a header of the part, the name in any case.
std::string_view header_value(std::string_view headers, std::string_view name) {
  while (!headers.empty()) {
    const size_t end = std::min(headers.find("\r\n"), headers.size());
    const std::string_view line = headers.substr(0, end);
    headers.remove_prefix(std::min(end + 2, headers.size()));
    const size_t colon = line.find(':');
    if (colon != std::string_view::npos && ascii::equals_ignoring_case(ascii::trim(line.substr(0, colon)), name))
      return ascii::trim(line.substr(colon + 1));
  }
  return {};
}

bool keeps_bytes(std::string_view encoding) {
  return encoding.empty() || std::ranges::any_of(std::array{"binary", "8bit", "7bit"}, [&](std::string_view known) {
           return ascii::equals_ignoring_case(encoding, known);
         });
}

}  // namespace

Result<MultipartDecoder::Step> MultipartDecoder::decode(std::string_view input, std::span<std::byte> output) {
  Step step;
  step.produced = put_held(output);
  while (step.consumed < input.size() && to_put_ == 0) {
    if (state_ == State::data) {
      if (is_file_ && step.produced == output.size()) break;
      step.consumed += take_data(input.substr(step.consumed), output, step.produced);
    } else {
      LG_TRY(take(input[step.consumed++]));
    }
  }
  return step;
}

// What looked like a delimiter and was data, as far as there is room.
size_t MultipartDecoder::put_held(std::span<std::byte> output) {
  const size_t count = std::min(to_put_ - put_, output.size());
  std::memcpy(output.data(), delimiter_.data() + put_, count);
  put_ += count;
  if (put_ == to_put_) put_ = to_put_ = 0;
  return count;
}

// One step through a part's bytes: a run without a line break, or a byte that may belong to the delimiter. The
// delimiter has its only CR at its beginning, so that a mismatch never leaves a shorter match.
size_t MultipartDecoder::take_data(std::string_view input, std::span<std::byte> output, size_t& produced) {
  if (matched_ == 0) {
    const size_t room = is_file_ ? output.size() - produced : input.size();
    const size_t run = std::min({input.find('\r'), input.size(), room});
    if (is_file_) {
      std::memcpy(output.data() + produced, input.data(), run);
      produced += run;
    }
    if (run > 0) return run;
  }
  if (input.front() == delimiter_[matched_]) {
    if (++matched_ == delimiter_.size()) {
      matched_ = 0;
      state_ = State::after_delimiter;
    }
    return 1;
  }
  if (is_file_) {
    to_put_ = matched_;
    produced += put_held(output.subspan(produced));
  }
  matched_ = 0;
  return 0;  // the byte is looked at again
}

Status MultipartDecoder::take(char c) {
  switch (state_) {
    case State::after_delimiter:
      is_file_ = false;
      headers_.clear();
      if (c == '-') {
        state_ = State::closing_dash;
      } else if (c == '\r') {
        state_ = State::line_end;
      } else if (!ascii::is_blank(c)) {
        return broken("a delimiter is followed by neither a line break nor \"--\"");
      }
      return {};
    case State::closing_dash:
      if (c != '-') return broken("a delimiter ends with a single dash");
      state_ = State::epilogue;
      return {};
    case State::line_end:
      if (c != '\n') return broken("a delimiter's line break is not CR LF");
      headers_ = "\r\n";  // so that a part without headers ends them, too
      state_ = State::headers;
      return {};
    case State::headers:
      headers_ += c;
      if (headers_.size() > headers_bytes_max) return broken("the headers of a part are too long");
      return headers_.ends_with("\r\n\r\n") ? begin_part() : Status();
    case State::epilogue:
    case State::data: break;
  }
  return {};
}

Status MultipartDecoder::begin_part() {
  state_ = State::data;
  const std::string_view disposition = header_value(headers_, "Content-Disposition");
  is_file_ = http::header_parameter(disposition, "name") == "file" || http::header_parameter(disposition, "filename");
  if (!is_file_) return {};
  if (found_) return broken("it holds more than one file; send each with a request of its own");
  found_ = true;
  const std::string_view encoding = header_value(headers_, "Content-Transfer-Encoding");
  if (keeps_bytes(encoding)) return {};
  return fail(codes::content_encoding_unsupported,
              "The part of the file has Content-Transfer-Encoding \"{}\"; send its bytes as they are.",
              encoding.substr(0, 100));
}

Status MultipartDecoder::check_end() const {
  if (state_ != State::epilogue) return broken("the body ends before its last delimiter");
  if (!found_) return broken("no part is named \"file\" or has a filename");
  return {};
}

}  // namespace lakegate::upload
