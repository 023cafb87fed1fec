#include "upload/multipart_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace lakegate::upload {
namespace {

using testing::HasSubstr;

// The file, or "!" and what is wrong. Input and output come in pieces of these sizes.
std::string decode(std::string_view body, size_t input_step, size_t output_step, std::string_view boundary = "b") {
  MultipartDecoder decoder(boundary);
  std::string file;
  std::string room(output_step, '\0');
  for (bool ended = false; !ended;) {
    ended = body.empty();
    std::string_view input = body.substr(0, input_step);
    body.remove_prefix(input.size());
    while (true) {
      const auto step = decoder.decode(input, std::as_writable_bytes(std::span(room)));
      if (!step) return "!" + step.error().message;
      file.append(room, 0, step->produced);
      input.remove_prefix(step->consumed);
      if (input.empty() && step->produced < room.size()) break;
      if (step->consumed == 0 && step->produced == 0) return "!stands still";
    }
  }
  const Status end = decoder.check_end();
  return end ? file : "!" + end.error().message;
}

void check(std::string_view body, std::string_view expected, std::string_view boundary = "b") {
  for (const size_t input_step : {1, 2, 3, 7, 1000}) {
    for (const size_t output_step : {1, 2, 5, 1000}) {
      const std::string found = decode(body, input_step, output_step, boundary);
      if (expected.starts_with('!')) {
        EXPECT_THAT(found, HasSubstr(expected.substr(1))) << body;
        EXPECT_EQ(found[0], '!') << body;
      } else {
        EXPECT_EQ(found, expected) << body << "\nin steps of " << input_step << " and " << output_step;
      }
    }
  }
}

const std::string head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n";
const std::string end = "\r\n--b--\r\n";

TEST(MultipartDecoder, TakesTheFileOut) {
  check(head + "PAR1" + end, "PAR1");
  check(head + "" + end, "");
  check(head + "PAR1\r\n--b--", "PAR1");
  check("\r\n" + head + "PAR1" + end, "PAR1");
  check("a preamble\r\n" + head + "PAR1" + end + "an epilogue\r\n--b\r\n", "PAR1");
  check("--b \t\r\nContent-Disposition: form-data; name=file\r\n\r\nPAR1" + end, "PAR1");
  check("--b\r\ncontent-disposition:form-data;NAME=\"other\"; filename=\"y\"\r\nX: y\r\n\r\nPAR1" + end, "PAR1");
  check("--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n" + head + "PAR1" + end, "PAR1");
  check(head + "PAR1\r\n--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello" + end, "PAR1");
  check("--b\r\n\r\nno headers\r\n" + head + "PAR1" + end, "PAR1");
}

TEST(MultipartDecoder, BytesThatLookLikeADelimiterAreTheFiles) {
  for (const std::string content : {"\r", "\n", "\r\n", "\r\n\r\n", "\r\r\n", "\r\n-", "\r\n--", "\r\n--a", "\r\n-b--b",
                                    "--b", "--b\r\n", "\r--b", "\n--b", "\r\n\r\n--c", "a\r\r\r\n--x\r\n-"}) {
    check(head + content + end, content);
  }
  check("--==x==\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\na\r\n--==x=\r\n--==x==--",
        "a\r\n--==x=", "==x==");
}

TEST(MultipartDecoder, Refusals) {
  check("", "!ends before");
  check("PAR1", "!ends before");
  check(head + "PAR1", "!ends before");
  check(head + "PAR1\r\n--b", "!ends before");
  check("--b--", "!no part is named");
  check("--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx" + end, "!no part is named");
  check(head + "one\r\n" + head + "two" + end, "!more than one file");
  check(head + "PAR1\r\n--bx", "!neither a line break");
  check(head + "PAR1\r\n--b-x", "!single dash");
  check(head + "PAR1\r\n--b\rx", "!CR LF");
  check("--b\r\nX: " + std::string(20'000, 'x'), "!too long");
  check("--b\r\nContent-Disposition: form-data; name=\"file\"\r\nContent-Transfer-Encoding: base64\r\n\r\nUEFS" + end,
        "!base64");
  check("--b\r\nContent-Disposition: form-data; name=\"file\"\r\nContent-Transfer-Encoding: Binary\r\n\r\nPAR1" + end,
        "PAR1");
}

}  // namespace
}  // namespace lakegate::upload
