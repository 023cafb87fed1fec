#include "xdm/document.h"

#include <boost/json/parser.hpp>

#include <algorithm>
#include <utility>

#include "model/error_codes.h"

namespace lakegate::xdm {

Result<JsonObject> parse_document(std::string_view text) {
  if (text.size() > document_bytes_max) {
    return fail(codes::schema_invalid, "The document has {} bytes; at most {} are read.", text.size(),
                document_bytes_max);
  }
  boost::json::parse_options options;
  options.max_depth = document_depth_max;
  boost::json::parser parser({}, options);
  boost::system::error_code error;
  const size_t parsed = parser.write_some(text.data(), text.size(), error);
  const size_t rest = text.find_first_not_of(" \t\r\n", parsed);
  if (error || rest != std::string_view::npos) {
    return fail(codes::schema_invalid, "The document is not JSON at byte {}: {}.", std::min(parsed, text.size()),
                error ? error.message() : "more text follows the value");
  }
  JsonValue value = parser.release();
  if (!value.is_object())
    return fail(codes::schema_invalid, "The document is JSON but not an object; a schema resource is one.");
  return std::move(value.get_object());
}

std::string_view text_member(const JsonObject& object, std::string_view name) {
  const JsonValue* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

const JsonObject* object_member(const JsonObject& object, std::string_view name) {
  const JsonValue* value = object.if_contains(name);
  return value != nullptr ? value->if_object() : nullptr;
}

const boost::json::array* array_member(const JsonObject& object, std::string_view name) {
  const JsonValue* value = object.if_contains(name);
  return value != nullptr ? value->if_array() : nullptr;
}

}  // namespace lakegate::xdm
