#include "upload/content_range.h"

#include <gtest/gtest.h>

#include <limits>

namespace lakegate::upload {
namespace {

void check(std::string_view text, ContentRange expected) {
  SCOPED_TRACE(std::string(text));
  const auto parsed = parse_content_range(text);
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  EXPECT_EQ(*parsed, expected);
}

// `why`: a word that the message must say.
void check_refused(std::string_view text, std::string_view why) {
  SCOPED_TRACE(std::string(text));
  const auto parsed = parse_content_range(text);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code->id, "LG-1204-400");
  EXPECT_NE(parsed.error().message.find(why), std::string::npos) << parsed.error().message;
}

TEST(ContentRange, ReadsWhatClientsSend) {
  check("bytes 0-82/164", {{0, 83}, 164});
  check("0-82/164", {{0, 83}, 164});
  check("BYTES 83-163/164", {{83, 164}, 164});
  check("  bytes   0 - 0 / 1  ", {{0, 1}, 1});
  check("bytes 0-9223372036854775805/9223372036854775807",
        {{0, std::numeric_limits<int64_t>::max() - 1}, std::numeric_limits<int64_t>::max()});
}

TEST(ContentRange, SaysWhatIsWrong) {
  check_refused("", "needs this header");
  check_refused("bytes", "first byte");
  check_refused("bytes 0-82/*", "'*'");
  check_refused("bytes */164", "first byte");
  check_refused("bytes 82/164", "no '-'");
  check_refused("bytes 0-/164", "last byte");
  check_refused("bytes 0-82", "total size");
  check_refused("bytes 0-82/", "total size");
  check_refused("bytes 9-8/164", "before the first");
  check_refused("bytes 0-164/164", "beyond the total");
  check_refused("bytes 0-0/0", "beyond the total");
  check_refused("bytes -1-5/9", "first byte");
  check_refused("bytes +1-5/9", "first byte");
  check_refused("bytes 0x1-5/9", "no '-'");
  check_refused("items 0-5/9", "first byte");
  check_refused("bytes 0-5/9, 6-8/9", "one range");
  check_refused("bytes 0-5/9223372036854775808", "total size");
}

}  // namespace
}  // namespace lakegate::upload
