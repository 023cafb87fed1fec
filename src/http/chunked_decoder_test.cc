#include "http/chunked_decoder.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace lakegate::http {
namespace {

// Feeds `input` in pieces and takes the output in pieces. None: refused, or not ended.
std::optional<std::string> decode(std::string_view input, size_t in_piece, size_t out_piece, std::string& left) {
  ChunkedDecoder decoder;
  std::string body;
  std::vector<std::byte> room(out_piece);
  size_t given = std::min(in_piece, input.size());
  while (!decoder.done()) {
    const auto step = decoder.decode(input.substr(0, given), room);
    if (!step) return std::nullopt;
    body.append(reinterpret_cast<const char*>(room.data()), step->produced);
    input.remove_prefix(step->consumed);
    if (step->consumed + step->produced == 0 && given == input.size()) return std::nullopt;
    given = std::min(std::max(given - step->consumed, in_piece), input.size());
  }
  left = input;
  return body;
}

void check(std::string_view input, const std::optional<std::string>& expected) {
  SCOPED_TRACE(input.substr(0, 100));
  for (const size_t in_piece : {1, 2, 3, 7, 100000}) {
    for (const size_t out_piece : {1, 4, 1000}) {
      std::string left;
      const auto body = decode(input, in_piece, out_piece, left);
      ASSERT_EQ(body, expected) << in_piece << " " << out_piece;
      const size_t behind = std::min(input.find("GET"), input.size());
      EXPECT_EQ(left, body ? input.substr(behind) : "");
    }
  }
}

TEST(ChunkedDecoder, DecodesWhereverThePiecesEnd) {
  check("0\r\n\r\n", "");
  check("5\r\nhello\r\n0\r\n\r\n", "hello");
  check("5\r\nhello\r\n0\r\n\r\nGET /", "hello");
  check("1\r\na\r\nA\r\n0123456789\r\n0\r\n\r\n", "a0123456789");
  check("5;name=\"value\"\r\nhello\r\n00\r\n\r\n", "hello");
  check("5 \r\nhello\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n", "hello");
  check("2\r\n\r\n\r\n0\r\n\r\n", "\r\n");
}

TEST(ChunkedDecoder, RefusesBrokenCoding) {
  check("", std::nullopt);
  check("5\r\nhel", std::nullopt);
  check("\r\n", std::nullopt);
  check("g\r\n", std::nullopt);
  check("-1\r\na", std::nullopt);
  check("5\nhello", std::nullopt);
  check("5\r\nhelloX\r\n0\r\n\r\n", std::nullopt);
  check("5\r\nhello\n0\r\n\r\n", std::nullopt);
  check("0\r\n\n", std::nullopt);
  check("0\r\na\n\r\n", std::nullopt);
  check("1000000000000000\r\n", std::nullopt);
  check("5;a\nhello", std::nullopt);
  check("5;" + std::string(9000, 'x') + "\r\nhello\r\n0\r\n\r\n", std::nullopt);
  std::string trailers = "0\r\n";
  for (int i = 0; i < 9000; ++i) trailers += "a\r\n";
  check(trailers + "\r\n", std::nullopt);
}

}  // namespace
}  // namespace lakegate::http
