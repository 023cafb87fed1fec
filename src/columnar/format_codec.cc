#include "columnar/format_codec.h"

#include <algorithm>
#include <concepts>
#include <type_traits>
#include <utility>

#include "columnar/format_fields.h"

namespace lakegate::columnar {
namespace {

constexpr size_t other_fields_max = 64;
constexpr size_t reserve_max = 4096;  // elements that a mere length may allocate

template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;
template <class T>
constexpr bool is_vector = false;
template <class T>
constexpr bool is_vector<std::vector<T>> = true;

template <class T>
constexpr ThriftType wire_type() {
  if constexpr (std::same_as<T, bool>)
    return ThriftType::boolean_true;
  else if constexpr (std::same_as<T, int32_t>)
    return ThriftType::i32;
  else if constexpr (std::same_as<T, int64_t>)
    return ThriftType::i64;
  else if constexpr (std::same_as<T, std::string_view>)
    return ThriftType::binary;
  else if constexpr (is_vector<T>)
    return ThriftType::list;
  else
    return ThriftType::structure;
}

template <class T>
void read_struct(ThriftReader& in, T& value);

template <class T>
void read_value(ThriftReader& in, ThriftType type, T& value) {
  if constexpr (std::same_as<T, bool>) {
    value = type == ThriftType::boolean_true;
    if (type != ThriftType::boolean_true && type != ThriftType::boolean_false) in.fail();
  } else if (type != wire_type<T>()) {
    in.fail();
  } else if constexpr (std::same_as<T, int32_t>) {
    value = static_cast<int32_t>(in.integer(32));
  } else if constexpr (std::same_as<T, int64_t>) {
    value = in.integer(64);
  } else if constexpr (std::same_as<T, std::string_view>) {
    value = in.binary();
  } else if constexpr (is_vector<T>) {
    const ThriftReader::List list = in.list();
    value.reserve(std::min<size_t>(static_cast<size_t>(list.size), reserve_max));
    for (int32_t i = 0; i < list.size && !in.failed(); ++i) read_value(in, list.type, value.emplace_back());
  } else {
    read_struct(in, value);
  }
}

// Offers one field of the wire to every member; the one with its id takes it.
struct FieldReader {
  template <class T>
  using Ref = T&;

  ThriftReader& in;
  ThriftReader::Field field;
  bool taken = false;
  bool repeated = false;

  template <class T>
  void operator()(int16_t id, T& member) {
    if (id != field.id) return;
    taken = true;
    if constexpr (is_optional<T>) {
      repeated = member.has_value();
      read_value(in, field.type, member.emplace());
    } else {
      read_value(in, field.type, member);
    }
  }

  template <class T>
  void raw(int16_t id, ThriftType type, T& member) {
    if (id != field.id) return;
    taken = true;
    if (field.type != type) in.fail();
    member = RawValue{type, in.skip(type)};
  }
};

// Notes which required fields never came.
struct RequiredFields {
  template <class T>
  using Ref = T&;

  uint64_t seen = 0;
  bool missing = false;

  template <class T>
  void operator()(int16_t id, T&) {
    if (!is_optional<std::remove_const_t<T>> && (seen >> id & 1) == 0) missing = true;
  }
  template <class T>
  void raw(int16_t id, ThriftType, T& member) {
    (*this)(id, member);
  }
};

template <class T>
void read_struct(ThriftReader& in, T& value) {
  in.enter();
  RequiredFields required;
  int16_t last_id = 0;
  ThriftReader::Field field;
  while (!in.failed() && in.next_field(last_id, field)) {
    FieldReader io{in, field};
    visit_fields(io, value);
    const uint64_t bit = field.id < 64 ? uint64_t{1} << field.id : 0;
    if (io.repeated || (required.seen & bit) != 0) in.fail();
    required.seen |= bit;
    if (io.taken) continue;
    value.others.push_back({field.id, {field.type, in.skip(field.type)}});
    if (value.others.size() > other_fields_max) in.fail();
  }
  std::ranges::sort(value.others, {}, &RawField::id);
  visit_fields(required, value);
  if (required.missing) in.fail();
  in.leave();
}

template <class T>
void write_struct(ThriftWriter& out, const T& value);

template <class T>
void write_value(ThriftWriter& out, const T& value) {
  if constexpr (std::integral<T>) {
    out.integer(value);
  } else if constexpr (std::same_as<T, std::string_view>) {
    out.binary(value);
  } else if constexpr (is_vector<T>) {
    out.list(wire_type<typename T::value_type>(), value.size());
    for (const auto& element : value) write_value(out, element);
  } else {
    write_struct(out, value);
  }
}

struct FieldWriter {
  template <class T>
  using Ref = const T&;

  ThriftWriter& out;
  const OtherFields& others;
  int16_t last_id = 0;
  size_t next_other = 0;

  void others_below(int id) {
    for (; next_other < others.size() && others[next_other].id < id; ++next_other) {
      const RawField& other = others[next_other];
      out.field(last_id, other.id, other.value.type);
      out.raw(other.value.bytes);
    }
  }

  template <class T>
  void operator()(int16_t id, const T& member) {
    if constexpr (is_optional<T>) {
      if (member) (*this)(id, *member);
    } else if constexpr (std::same_as<T, bool>) {
      others_below(id);
      out.field(last_id, id, member ? ThriftType::boolean_true : ThriftType::boolean_false);
    } else {
      others_below(id);
      out.field(last_id, id, wire_type<T>());
      write_value(out, member);
    }
  }

  void raw(int16_t id, ThriftType type, const RawValue& member) {
    others_below(id);
    out.field(last_id, id, type);
    out.raw(member.bytes);
  }
  void raw(int16_t id, ThriftType type, const std::optional<RawValue>& member) {
    if (member) raw(id, type, *member);
  }
};

template <class T>
void write_struct(ThriftWriter& out, const T& value) {
  FieldWriter io{out, value.others};
  visit_fields(io, value);
  io.others_below(INT16_MAX + 1);
  out.stop();
}

template <class T>
std::optional<T> decode_whole(std::string_view bytes, ThriftLimits limits = {}) {
  ThriftReader in(bytes, limits);
  T value;
  read_struct(in, value);
  if (in.failed() || in.bytes_left() != 0) return std::nullopt;
  return value;
}

template <class T>
std::string encode_whole(const T& value) {
  std::string bytes;
  ThriftWriter out(bytes);
  write_struct(out, value);
  return bytes;
}

}  // namespace

std::optional<FileMetaData> decode_file_metadata(std::string_view bytes) { return decode_whole<FileMetaData>(bytes); }

std::optional<OffsetIndex> decode_offset_index(std::string_view bytes) { return decode_whole<OffsetIndex>(bytes); }

std::optional<ColumnIndex> decode_column_index(std::string_view bytes) { return decode_whole<ColumnIndex>(bytes); }

std::optional<DecodedPageHeader> decode_page_header(std::string_view bytes) {
  ThriftReader in(bytes);
  DecodedPageHeader decoded;
  read_struct(in, decoded.header);
  if (in.failed()) return std::nullopt;
  decoded.size_bytes = bytes.size() - in.bytes_left();
  return decoded;
}

std::string encode(const FileMetaData& value) { return encode_whole(value); }

std::string encode(const PageHeader& value) { return encode_whole(value); }

}  // namespace lakegate::columnar
