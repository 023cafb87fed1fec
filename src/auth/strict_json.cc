#include "auth/strict_json.h"

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

#include <cstdint>

namespace lakegate::auth {
namespace {

namespace json = boost::json;

constexpr size_t depth_max = 16;

// Counts the members of all objects as they are written; a parsed value holds fewer where one was named twice.
struct MemberCounter {
  static constexpr size_t max_object_size = SIZE_MAX;
  static constexpr size_t max_array_size = SIZE_MAX;
  static constexpr size_t max_key_size = SIZE_MAX;
  static constexpr size_t max_string_size = SIZE_MAX;
  using Code = json::error_code;

  size_t members = 0;

  static bool on_document_begin(Code&) { return true; }
  static bool on_document_end(Code&) { return true; }
  static bool on_object_begin(Code&) { return true; }
  static bool on_object_end(size_t, Code&) { return true; }
  static bool on_array_begin(Code&) { return true; }
  static bool on_array_end(size_t, Code&) { return true; }
  static bool on_key_part(json::string_view, size_t, Code&) { return true; }
  bool on_key(json::string_view, size_t, Code&) {
    ++members;
    return true;
  }
  static bool on_string_part(json::string_view, size_t, Code&) { return true; }
  static bool on_string(json::string_view, size_t, Code&) { return true; }
  static bool on_number_part(json::string_view, Code&) { return true; }
  static bool on_int64(int64_t, json::string_view, Code&) { return true; }
  static bool on_uint64(uint64_t, json::string_view, Code&) { return true; }
  static bool on_double(double, json::string_view, Code&) { return true; }
  static bool on_bool(bool, Code&) { return true; }
  static bool on_null(Code&) { return true; }
  static bool on_comment_part(json::string_view, Code&) { return true; }
  static bool on_comment(json::string_view, Code&) { return true; }
};

json::parse_options options() {
  json::parse_options made;
  made.max_depth = depth_max;
  return made;
}

std::optional<size_t> members_written(std::string_view text) {
  json::basic_parser<MemberCounter> parser(options());
  json::error_code failed;
  const size_t read = parser.write_some(false, text.data(), text.size(), failed);
  if (failed || read != text.size()) return std::nullopt;
  return parser.handler().members;
}

size_t members_held(const json::value& value) {
  size_t count = 0;
  if (const auto* object = value.if_object()) {
    count = object->size();
    for (const auto& member : *object) count += members_held(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const json::value& element : *array) count += members_held(element);
  }
  return count;
}

}  // namespace

std::optional<json::object> parse_strict_object(std::string_view text) {
  json::error_code failed;
  json::value value = json::parse(text, failed, {}, options());
  if (failed || !value.is_object() || members_written(text) != members_held(value)) return std::nullopt;
  return std::move(value.as_object());
}

std::string_view text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

}  // namespace lakegate::auth
