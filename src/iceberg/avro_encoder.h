// AvroEncoder: values -> Avro binary. Avro specification 1.12, "Binary Encoding".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lakegate::iceberg {

// Appends to a string that the caller owns. The caller follows the schema; nothing here knows it.
class AvroEncoder {
 public:
  explicit AvroEncoder(std::string& out) : out_(out) {}

  void put_boolean(bool value) { out_.push_back(value ? '\1' : '\0'); }
  void put_long(int64_t value);             // also int: both are zig-zag variable length
  void put_bytes(std::string_view value);   // also string
  void put_null_branch() { put_long(0); }   // of a union [null, T]
  void put_value_branch() { put_long(1); }  // then the value follows
  // An array is blocks of (count, items) and a block of zero. begin_array with zero items ends it already.
  void begin_array(size_t count);
  void end_array(size_t count);

 private:
  std::string& out_;
};

}  // namespace lakegate::iceberg
