#include "iceberg/avro_file.h"

#include <gtest/gtest.h>

#include <limits>

#include "iceberg/avro_encoder.h"
#include "iceberg/deflate.h"

namespace lakegate::iceberg {
namespace {

constexpr std::string_view schema = R"({"type":"record","name":"r","fields":[
{"name":"number","type":"long","field-id":1},
{"name":"text","type":["null","string"],"field-id":2},
{"name":"list","type":{"type":"array","items":"int"},"field-id":3}]})";

std::string record(int64_t number, std::optional<std::string> text, std::vector<int> list) {
  std::string bytes;
  AvroEncoder encoder(bytes);
  encoder.put_long(number);
  if (text) {
    encoder.put_value_branch();
    encoder.put_bytes(*text);
  } else {
    encoder.put_null_branch();
  }
  encoder.begin_array(list.size());
  for (const int item : list) encoder.put_long(item);
  encoder.end_array(list.size());
  return bytes;
}

std::string small_file() {
  AvroFileWriter file(schema, {{"key", "value"}}, SyncMarker{});
  file.append(record(7, "seven", {1, -2}));
  file.append(record(-8, std::nullopt, {}));
  return std::move(file).finish();
}

// Records of the whole file, or the error's message.
Result<int64_t> read_all(std::string_view bytes, const AvroLimits& limits = {}) {
  LG_ASSIGN(AvroFileReader reader, AvroFileReader::open(bytes, limits));
  for (int64_t count = 0;; ++count) {
    LG_ASSIGN(const auto value, reader.next());
    if (!value) return count;
  }
}

void check_refused(std::string_view bytes, std::string_view part_of_message, const AvroLimits& limits = {}) {
  SCOPED_TRACE(part_of_message);
  const Result<int64_t> read = read_all(bytes, limits);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind(), ErrorKind::corrupt);
  EXPECT_NE(read.error().message.find(part_of_message), std::string::npos) << read.error().message;
}

TEST(AvroFile, ReadsWhatWasWritten) {
  const std::string bytes = small_file();
  auto reader = AvroFileReader::open(bytes);
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ(reader->metadata().at("key"), "value");
  EXPECT_EQ(reader->metadata().at("avro.codec"), "deflate");

  const auto first = reader->next();
  ASSERT_TRUE(first.has_value() && first->has_value());
  EXPECT_EQ((*first)->field(1)->integer(), 7);
  EXPECT_EQ((*first)->field(2)->text(), "seven");
  EXPECT_EQ((*first)->field(3)->items()->at(1).integer(), -2);
  EXPECT_EQ((*first)->field(4), nullptr);

  const auto second = reader->next();
  ASSERT_TRUE(second.has_value() && second->has_value());
  EXPECT_EQ((*second)->field(1)->integer(), -8);
  EXPECT_TRUE((*second)->field(2)->is_null());
  EXPECT_TRUE((*second)->field(3)->items()->empty());

  const auto end = reader->next();
  ASSERT_TRUE(end.has_value());
  EXPECT_FALSE(end->has_value());
}

TEST(AvroFile, LongsKeepAllTheirBits) {
  for (const int64_t number : {int64_t{0}, int64_t{-1}, int64_t{63}, int64_t{64}, std::numeric_limits<int64_t>::max(),
                               std::numeric_limits<int64_t>::min()}) {
    AvroFileWriter file(schema, {}, SyncMarker{});
    file.append(record(number, std::nullopt, {}));
    const std::string bytes = std::move(file).finish();
    auto reader = AvroFileReader::open(bytes);
    ASSERT_TRUE(reader.has_value());
    EXPECT_EQ((*reader->next())->field(1)->integer(), number);
  }
}

TEST(AvroFile, ManyBlocks) {
  AvroFileWriter file(schema, {}, SyncMarker{});
  for (int i = 0; i < 10'000; ++i) file.append(record(i, std::string(100, static_cast<char>('a' + i % 26)), {i}));
  EXPECT_EQ(read_all(std::move(file).finish()), 10'000);
}

TEST(AvroFile, NoRecords) { EXPECT_EQ(read_all(AvroFileWriter(schema, {}, SyncMarker{}).finish()), 0); }

TEST(AvroFile, EveryTruncationIsFoundOrEndsBetweenBlocks) {
  const std::string bytes = small_file();
  size_t header_bytes = AvroFileWriter(schema, {{"key", "value"}}, SyncMarker{}).finish().size();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const Result<int64_t> read = read_all(std::string_view(bytes).substr(0, size));
    EXPECT_EQ(read.has_value(), size == header_bytes) << size;
  }
}

TEST(AvroFile, EveryDamagedByteIsSurvived) {
  const std::string bytes = small_file();
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      const Result<int64_t> read = read_all(damaged);
      EXPECT_TRUE(read.has_value() || read.error().kind() == ErrorKind::corrupt) << at;
    }
  }
}

// A file with one block, not deflated, of the type given.
std::string plain_file(std::string_view type, int64_t record_count, std::string_view block) {
  std::string bytes = "Obj\1";
  AvroEncoder encoder(bytes);
  encoder.begin_array(1);
  encoder.put_bytes("avro.schema");
  encoder.put_bytes(type);
  encoder.end_array(1);
  bytes += std::string(16, 's');
  encoder.put_long(record_count);
  encoder.put_bytes(block);
  bytes += std::string(16, 's');
  return bytes;
}

std::string encoded_long(int64_t value) {
  std::string bytes;
  AvroEncoder(bytes).put_long(value);
  return bytes;
}

TEST(AvroFile, RefusesWhatWouldTakeMemoryOrTime) {
  constexpr std::string_view array_of_null = R"({"type":"array","items":"null"})";
  check_refused(plain_file(array_of_null, 1, encoded_long(int64_t{1} << 60)), "too many values");
  check_refused(plain_file("\"null\"", 1, "x"), "left behind the last record");
  check_refused(plain_file("\"long\"", -1, ""), "has -1 records");
  check_refused(plain_file("\"long\"", 0, "x"), "without records has bytes");
  check_refused(plain_file("\"string\"", 1, encoded_long(-5)), "text of -5 bytes");
  check_refused(plain_file("\"string\"", 1, encoded_long(int64_t{1} << 40)), "where 0 are left");
  check_refused(plain_file("\"long\"", 1, std::string(11, '\x80')), "more than 64 bits");
  check_refused(plain_file("\"boolean\"", 1, "\2"), "neither 0 nor 1");
  check_refused(plain_file(R"(["null","long"])", 1, encoded_long(2)), "branch 2");
  check_refused(plain_file(R"({"type":"map","values":"long"})", 1, ""), "'map'");
  check_refused(plain_file(R"({"type":"array"})", 1, ""), "no items");
  check_refused(plain_file("{", 1, ""), "not JSON");
  check_refused("PAR1", "no Avro file");

  std::string nested = "\"long\"";
  for (int i = 0; i < 40; ++i) nested = R"({"type":"array","items":)" + nested + "}";
  check_refused(plain_file(nested, 1, ""), "nests over");
}

TEST(AvroFile, RefusesABombOfDeflate) {
  AvroFileWriter file(schema, {}, SyncMarker{});
  file.append(record(1, std::string(1 << 20, 'x'), {}));
  check_refused(std::move(file).finish(), "grows over", {.inflated_bytes_max = 1000});
}

TEST(Deflate, RefusesWhatIsNotOneWholeStream) {
  const std::string bytes = deflate("some text, some text, some text");
  EXPECT_EQ(inflate(bytes, 1000), "some text, some text, some text");
  EXPECT_EQ(inflate(bytes, 31), "some text, some text, some text");
  EXPECT_FALSE(inflate(bytes, 30).has_value());
  EXPECT_FALSE(inflate(bytes.substr(0, bytes.size() - 1), 1000).has_value());
  EXPECT_FALSE(inflate(bytes + "x", 1000).has_value());
  EXPECT_FALSE(inflate("", 1000).has_value());
  EXPECT_EQ(inflate(deflate(""), 1000), "");
}

}  // namespace
}  // namespace lakegate::iceberg
