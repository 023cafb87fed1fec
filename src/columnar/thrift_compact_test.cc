#include "columnar/thrift_compact.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace lakegate::columnar {
namespace {

using std::string_literals::operator""s;

TEST(ThriftCompact, IntegersComeBack) {
  for (const int64_t value :
       {int64_t{0}, int64_t{-1}, int64_t{1}, int64_t{63}, int64_t{64}, int64_t{-65}, int64_t{1} << 40,
        std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()}) {
    std::string bytes;
    ThriftWriter(bytes).integer(value);
    ThriftReader in(bytes);
    EXPECT_EQ(in.integer(64), value);
    EXPECT_FALSE(in.failed());
    EXPECT_EQ(in.bytes_left(), 0U);
  }
}

// What must be refused, whatever it is read as.
TEST(ThriftCompact, RefusesIntegersThatDoNotFit) {
  const auto check = [](const std::string& bytes, int bits, bool fits) {
    ThriftReader in(bytes);
    in.integer(bits);
    EXPECT_EQ(!in.failed(), fits) << bits;
  };
  check("\xff\xff\xff\xff\x0f", 32, true);
  check("\xff\xff\xff\xff\x1f", 32, false);
  check("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 64, true);
  check("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 64, false);
  check("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 64, false);
  check("\xff\xff\x03", 16, true);
  check("\xff\xff\x04", 16, false);
  check("\x80", 64, false);
  check("", 64, false);
}

TEST(ThriftCompact, SkipsEveryType) {
  const auto check = [](ThriftType type, const std::string& value) {
    const std::string bytes = value + "behind";
    ThriftReader in(bytes);
    EXPECT_EQ(in.skip(type), value);
    EXPECT_FALSE(in.failed());
    EXPECT_EQ(in.bytes_left(), 6U);
  };
  check(ThriftType::boolean_true, "");
  check(ThriftType::i8, "x");
  check(ThriftType::i16, "\x80\x01");
  check(ThriftType::float64, "12345678");
  check(ThriftType::uuid, "1234567890123456");
  check(ThriftType::binary,
        "\x03"
        "abc");
  check(ThriftType::list, "\x21\x01\x02");  // two booleans
  check(ThriftType::set,
        "\x28\x01"
        "a\x01"
        "b");  // two texts
  check(ThriftType::map, "\0"s);
  check(ThriftType::map, "\x01\x85\x01k\x02"s);                       // text to i32
  check(ThriftType::structure, "\x15\x02\x11\x0c\x10\x15\x02\0\0"s);  // i32, boolean, field 8: struct
}

TEST(ThriftCompact, RefusesWhatIsNotThere) {
  const auto check = [](ThriftType type, const std::string& bytes) {
    ThriftReader in(bytes);
    EXPECT_EQ(in.skip(type), "");
    EXPECT_TRUE(in.failed());
  };
  check(ThriftType::binary,
        "\x04"
        "abc");
  check(ThriftType::binary, "\xff\xff\xff\xff\x0f");
  check(ThriftType::list, "\xf5\xff\xff\xff\xff\x0f");  // four thousand million integers in no bytes
  check(ThriftType::list, "\x20\x01\x01");              // elements of type 0
  check(ThriftType::map, "\xff\x01\x55");
  check(ThriftType::structure, "\x15\x02");  // no end
  check(ThriftType::structure, "\x1e\x02");  // type 14
  check(ThriftType::stop, "\x01");
  check(ThriftType::structure, std::string(1000, '\x1c'));  // nested without end
  check(ThriftType::list, std::string(1000, '\x19'));
}

TEST(ThriftCompact, LimitsElements) {
  std::string bytes;
  ThriftWriter out(bytes);
  out.list(ThriftType::boolean_true, 100);
  bytes.append(100, '\1');
  const auto passes = [&](int64_t elements_max) {
    ThriftReader in(bytes, {.elements_max = elements_max});
    in.skip(ThriftType::list);
    return !in.failed();
  };
  EXPECT_TRUE(passes(100));
  EXPECT_FALSE(passes(99));
}

}  // namespace
}  // namespace lakegate::columnar
