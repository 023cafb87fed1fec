// The part of Thrift's compact protocol that Parquet's metadata needs. Safe on hostile bytes: every read is bounded by
// the input, nesting and element counts are limited, nothing is allocated on the word of a length alone.
// Specification: thrift-compact-protocol.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lakegate::columnar {

enum class ThriftType : uint8_t {
  stop = 0,
  boolean_true = 1,  // as a field: the value itself; as a list's element type: booleans of one byte each
  boolean_false = 2,
  i8 = 3,
  i16 = 4,
  i32 = 5,
  i64 = 6,
  float64 = 7,
  binary = 8,
  list = 9,
  set = 10,
  map = 11,
  structure = 12,
  uuid = 13,
};

struct ThriftLimits {
  int depth_max = 32;
  int64_t elements_max = 2'000'000;  // structs and list elements together
};

// Reads left to right out of memory that must outlive it and all that it answers with. After the first defect every
// read answers zero or nothing: ask failed() when done.
class ThriftReader {
 public:
  explicit ThriftReader(std::string_view bytes, ThriftLimits limits = {})
      : position_(bytes.data()), end_(bytes.data() + bytes.size()), limits_(limits) {}

  struct Field {
    int16_t id = 0;
    ThriftType type = ThriftType::stop;
  };
  struct List {
    ThriftType type = ThriftType::stop;
    int32_t size = 0;  // at most the bytes that are left
  };

  bool failed() const { return failed_; }
  void fail() { failed_ = true; }
  const char* position() const { return position_; }
  size_t bytes_left() const { return static_cast<size_t>(end_ - position_); }

  // A struct: enter, then next_field (false at its end) with each value read or skipped, then leave.
  void enter();
  void leave() { --depth_; }
  bool next_field(int16_t& last_id, Field& field);

  uint8_t byte();
  int64_t integer(int bits);  // zigzag varint of i16, i32 or i64 that must fit
  std::string_view binary();
  List list();

  // Steps over a value of that type and answers its bytes. A field's boolean has none.
  std::string_view skip(ThriftType type);

 private:
  uint64_t varint(int bits);
  void skip_value(ThriftType type, bool in_container);
  bool count(int64_t elements);

  const char* position_;
  const char* end_;
  ThriftLimits limits_;
  int64_t elements_ = 0;
  int depth_ = 0;
  bool failed_ = false;
};

// Appends to `out`, always in the shortest form, as all known writers do.
class ThriftWriter {
 public:
  explicit ThriftWriter(std::string& out) : out_(out) {}

  void field(int16_t& last_id, int16_t id, ThriftType type);
  void stop() { out_.push_back(0); }
  void byte(uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void integer(int64_t value);
  void binary(std::string_view bytes);
  void list(ThriftType type, size_t size);
  void raw(std::string_view bytes) { out_.append(bytes); }

 private:
  void varint(uint64_t value);

  std::string& out_;
};

}  // namespace lakegate::columnar
