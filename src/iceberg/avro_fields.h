// Required fields of a record that was read, by Iceberg field id.
#pragma once

#include <string>

#include "base/error_codes.h"
#include "iceberg/avro_value.h"

namespace lakegate::iceberg {

inline Result<int64_t> required_integer(const AvroValue& record, int32_t field_id) {
  const AvroValue* field = record.field(field_id);
  const std::optional<int64_t> value = field == nullptr ? std::nullopt : field->integer();
  if (!value) return fail(codes::corrupt, "no number in field {}", field_id);
  return *value;
}

inline Result<std::string> required_text(const AvroValue& record, int32_t field_id) {
  const AvroValue* field = record.field(field_id);
  const std::optional<std::string_view> value = field == nullptr ? std::nullopt : field->text();
  if (!value) return fail(codes::corrupt, "no text in field {}", field_id);
  return std::string(*value);
}

}  // namespace lakegate::iceberg
