#include "columnar/adhoc_schema.h"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "columnar/parquet_test_support.h"

namespace lakegate::columnar {
namespace {

// The properties, or "CODE column found".
std::string properties(const std::string& bytes) {
  const FileDescriptor file = testing::memory_file(bytes);
  const auto made = adhoc_properties(file.get(), static_cast<int64_t>(bytes.size()));
  if (!made) return made.error().code + " " + made.error().column + " " + made.error().found;
  return boost::json::serialize(*made);
}

void check(std::string_view schema, std::string_view expected) {
  EXPECT_EQ(properties(testing::write_parquet(schema, "[]")), expected) << schema;
}

TEST(AdhocSchema, MapsEveryTypeThatXdmHas) {
  check("c: bool", R"({"c":{"type":"boolean","meta:xdmType":"boolean"}})");
  check("c: int8", R"({"c":{"type":"integer","meta:xdmType":"byte"}})");
  check("c: int16", R"({"c":{"type":"integer","meta:xdmType":"short"}})");
  check("c: int32", R"({"c":{"type":"integer","meta:xdmType":"int"}})");
  check("c: int64", R"({"c":{"type":"integer","meta:xdmType":"long"}})");
  check("c: float", R"({"c":{"type":"number","meta:xdmType":"number"}})");
  check("c: double", R"({"c":{"type":"number","meta:xdmType":"number"}})");
  check("c: string", R"({"c":{"type":"string","meta:xdmType":"string"}})");
  check("c: date", R"({"c":{"type":"string","format":"date","meta:xdmType":"date"}})");
  check("c: timestamp_ms", R"({"c":{"type":"string","format":"date-time","meta:xdmType":"date-time"}})");
  check("c: timestamp_us", R"({"c":{"type":"string","format":"date-time","meta:xdmType":"date-time"}})");
  check("My-Name: list<int64>",
        R"({"My-Name":{"type":"array","meta:xdmType":"array","items":{"type":"integer","meta:xdmType":"long"}}})");
  check(
      "c: map<string, bool>",
      R"({"c":{"type":"object","meta:xdmType":"map","additionalProperties":{"type":"boolean","meta:xdmType":"boolean"}}})");
  check(
      "c: struct<a: bool>, d: bool",
      R"({"c":{"type":"object","meta:xdmType":"object","properties":{"a":{"type":"boolean","meta:xdmType":"boolean"}}},"d":{"type":"boolean","meta:xdmType":"boolean"}})");
}

TEST(AdhocSchema, RefusesTheOthers) {
  check("a: bool, c: uint8", "LG-2102-400 c INT32 unsigned INT(8)");
  check("c: uint64", "LG-2102-400 c INT64 unsigned INT(64)");
  check("c: binary", "LG-2102-400 c BYTE_ARRAY");
  check("c: decimal", "LG-2102-400 c FIXED_LEN_BYTE_ARRAY DECIMAL");
  check("c: timestamp_ns", "LG-2102-400 c INT64 TIMESTAMP(nanoseconds, UTC)");
  check("c: timestamp_ms_local", "LG-2102-400 c INT64 TIMESTAMP(milliseconds, local time)");
  check("c: time", "LG-2102-400 c INT32 TIME(milliseconds, local time)");
  check("c: null", "LG-2102-400 c INT32 UNKNOWN");
  check("s: struct<c: list<uint8>>", "LG-2102-400 s.c.element INT32 unsigned INT(8)");
  check("c: map<int64, bool>", "LG-2102-400 c.key INT64");
  EXPECT_EQ(properties(""), "106  0 bytes");
  EXPECT_EQ(properties("not a Parquet file"), "LG-2000-400  \"not \" at the beginning of the file");
}

}  // namespace
}  // namespace lakegate::columnar
