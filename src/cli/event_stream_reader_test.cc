#include "cli/event_stream_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lakegate::cli {
namespace {

// However the bytes are cut: the same messages, each "cursor type data".
void check(std::string_view stream, const std::string& messages, const std::string& cursor) {
  for (size_t piece = 1; piece <= stream.size(); ++piece) {
    std::string seen;
    EventStreamReader* asked = nullptr;
    EventStreamReader reader([&](const EventStreamReader::Message& message) {
      seen += asked->cursor() + " " + message.type + " " + message.data + "|";
    });
    asked = &reader;
    for (size_t at = 0; at < stream.size(); at += piece) EXPECT_TRUE(reader.read(stream.substr(at, piece)));
    EXPECT_EQ(seen, messages) << "in pieces of " << piece;
    EXPECT_EQ(reader.cursor(), cursor);
  }
}

TEST(EventStreamReader, ReadsMessages) {
  check("id: 1\nevent: a\ndata: {}\n\n", "1 a {}|", "1");
  check("retry: 5\nid: 7\n\n:\nid: 8\nevent:b\ndata:x\n\n", "8 b x|", "8");
  check("id: 1\r\nevent: a\r\ndata: x\r\ndata: y\r\n\r\n", "1 a x\ny|", "1");
  check("id: 1\ndata: x\n\nid: 2\ndata: y\n", "1  x|", "1");  // the second one is not complete
  check("data: x\n\n", "  x|", "");
  check(": comment\nunknown: z\nnothing\n\n", "", "");
}

TEST(EventStreamReader, StartsOverWhereItWas) {
  std::string seen;
  EventStreamReader reader([&](const EventStreamReader::Message& message) { seen += message.data; });
  reader.read("id: 1\ndata: a\n\nid: 2\ndata: b");
  reader.start_over();
  EXPECT_EQ(reader.cursor(), "1");
  reader.read("data: c\n\n");
  EXPECT_EQ(reader.cursor(), "1");
  EXPECT_EQ(seen, "ac");
}

TEST(EventStreamReader, RefusesALineWithoutEnd) {
  EventStreamReader reader([](const EventStreamReader::Message&) {});
  const std::string piece(EventStreamReader::line_bytes_max / 4, 'x');
  int taken = 0;
  while (taken < 100 && reader.read(piece)) ++taken;
  EXPECT_EQ(taken, 4);
}

}  // namespace
}  // namespace lakegate::cli
