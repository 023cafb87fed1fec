#include "model/json_members.h"

#include <boost/json/parse.hpp>

#include "base/error_codes.h"

namespace lakegate {

Result<boost::json::object> read_versioned_json(std::string_view text, int64_t version, size_t depth_max) {
  boost::json::parse_options options;
  options.max_depth = depth_max;
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(text, error, {}, options);
  if (error) return fail(codes::corrupt, "{} bytes of stored JSON are not readable: {}.", text.size(), error.message());
  boost::json::object* object = value.if_object();
  if (object == nullptr) return fail(codes::corrupt, "Stored JSON is not an object.");
  LG_ASSIGN(const int64_t found, JsonMembers(*object, "the document").integer("version"));
  if (found != version)
    return fail(codes::corrupt, "Stored JSON has version {}; this program reads {}.", found, version);
  return std::move(*object);
}

Result<const boost::json::value*> JsonMembers::member(std::string_view name) const {
  const boost::json::value* value = object_.if_contains(name);
  if (value == nullptr) return fail(codes::corrupt, "In {}, member \"{}\" is missing.", what_, name);
  return value;
}

std::unexpected<Error> JsonMembers::wrong(std::string_view name, std::string_view expected) const {
  return fail(codes::corrupt, "In {}, member \"{}\" is not {}.", what_, name, expected);
}

Result<std::string> JsonMembers::text(std::string_view name) const {
  LG_ASSIGN(const boost::json::value* value, member(name));
  if (!value->is_string()) return wrong(name, "text");
  return std::string(value->get_string());
}

Result<int64_t> JsonMembers::integer(std::string_view name) const {
  LG_ASSIGN(const boost::json::value* value, member(name));
  if (!value->is_int64()) return wrong(name, "a 64-bit integer");
  return value->get_int64();
}

Result<double> JsonMembers::number(std::string_view name) const {
  LG_ASSIGN(const boost::json::value* value, member(name));
  if (value->is_int64()) return static_cast<double>(value->get_int64());
  if (value->is_uint64()) return static_cast<double>(value->get_uint64());
  if (!value->is_double()) return wrong(name, "a number");
  return value->get_double();
}

Result<bool> JsonMembers::flag(std::string_view name) const {
  LG_ASSIGN(const boost::json::value* value, member(name));
  if (!value->is_bool()) return wrong(name, "true or false");
  return value->get_bool();
}

Result<const boost::json::array*> JsonMembers::list(std::string_view name) const {
  LG_ASSIGN(const boost::json::value* value, member(name));
  if (!value->is_array()) return wrong(name, "a list");
  return &value->get_array();
}

}  // namespace lakegate
