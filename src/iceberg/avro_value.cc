#include "iceberg/avro_value.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

#include "iceberg/avro_primitives.h"

namespace lakegate::iceberg {
namespace {

Result<AvroValue> decode_record(const AvroType& type, std::string_view& bytes, int64_t& values_left) {
  std::vector<AvroValue> fields;
  fields.reserve(type.children.size());
  for (const AvroType& child : type.children) {
    LG_ASSIGN(AvroValue field, decode_avro(child, bytes, values_left));
    field.field_id = child.field_id;
    fields.push_back(std::move(field));
  }
  return AvroValue{std::move(fields)};
}

Result<AvroValue> decode_array(const AvroType& type, std::string_view& bytes, int64_t& values_left) {
  std::vector<AvroValue> items;
  while (true) {
    LG_ASSIGN(const int64_t count, take_count(bytes));
    if (count == 0) return AvroValue{std::move(items)};
    for (int64_t i = 0; i < count; ++i) {
      LG_ASSIGN(AvroValue item, decode_avro(type.children.front(), bytes, values_left));
      items.push_back(std::move(item));
    }
  }
}

Result<AvroValue> decode_choice(const AvroType& type, std::string_view& bytes, int64_t& values_left) {
  LG_ASSIGN(const int64_t branch, take_long(bytes));
  if (branch < 0 || static_cast<uint64_t>(branch) >= type.children.size()) {
    return fail(codes::corrupt, "branch {} of an Avro union of {}", branch, type.children.size());
  }
  return decode_avro(type.children[static_cast<size_t>(branch)], bytes, values_left);
}

template <class Float, class Bits>
Result<AvroValue> decode_float(std::string_view& bytes) {
  LG_ASSIGN(const std::string_view text, take_exactly(bytes, sizeof(Bits)));
  Bits bits = 0;
  for (size_t i = 0; i < sizeof(Bits); ++i) bits |= Bits{static_cast<unsigned char>(text[i])} << (8 * i);
  return AvroValue{double{std::bit_cast<Float>(bits)}};
}

Result<AvroValue> decode_boolean(std::string_view& bytes) {
  LG_ASSIGN(const std::string_view text, take_exactly(bytes, 1));
  if (text.front() != '\0' && text.front() != '\1') return fail(codes::corrupt, "an Avro boolean is neither 0 nor 1");
  return AvroValue{text.front() == '\1'};
}

}  // namespace

Result<AvroValue> decode_avro(const AvroType& type, std::string_view& bytes, int64_t& values_left) {
  if (--values_left < 0) return fail(codes::corrupt, "an Avro record has too many values");
  switch (type.kind) {
    case AvroKind::null: return AvroValue{};
    case AvroKind::boolean: return decode_boolean(bytes);
    case AvroKind::int32:
    case AvroKind::int64: {
      LG_ASSIGN(const int64_t value, take_long(bytes));
      return AvroValue{value};
    }
    case AvroKind::float32: return decode_float<float, uint32_t>(bytes);
    case AvroKind::float64: return decode_float<double, uint64_t>(bytes);
    case AvroKind::bytes:
    case AvroKind::string: {
      LG_ASSIGN(const std::string_view text, take_bytes(bytes));
      return AvroValue{std::string(text)};
    }
    case AvroKind::fixed: {
      LG_ASSIGN(const std::string_view text, take_exactly(bytes, type.fixed_size));
      return AvroValue{std::string(text)};
    }
    case AvroKind::record: return decode_record(type, bytes, values_left);
    case AvroKind::array: return decode_array(type, bytes, values_left);
    case AvroKind::choice: return decode_choice(type, bytes, values_left);
  }
  return fail(codes::corrupt, "an Avro type without a kind");
}

const AvroValue* AvroValue::field(int32_t id) const {
  const auto* fields = items();
  if (fields == nullptr) return nullptr;
  const auto found = std::ranges::find(*fields, id, &AvroValue::field_id);
  return found == fields->end() ? nullptr : &*found;
}

std::optional<int64_t> AvroValue::integer() const {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::optional<std::string_view> AvroValue::text() const {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::nullopt : std::optional<std::string_view>(*text);
}

}  // namespace lakegate::iceberg
