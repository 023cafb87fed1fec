// Looking into answers: what is missing or of another type reads as empty, since servers of other versions answer too.
#pragma once

#include <boost/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace lakegate::cli {

// The member, or null.
inline const boost::json::value& member(const boost::json::value& object, std::string_view name) {
  static const boost::json::value nothing;
  const boost::json::object* members = object.if_object();
  const boost::json::value* found = members == nullptr ? nullptr : members->if_contains(name);
  return found == nullptr ? nothing : *found;
}

inline std::string text(const boost::json::value& value) {
  const boost::json::string* found = value.if_string();
  return found == nullptr ? std::string() : std::string(*found);
}

inline int64_t number(const boost::json::value& value) {
  boost::system::error_code failed;
  const auto found = value.is_number() ? value.to_number<int64_t>(failed) : 0;
  return failed ? 0 : found;
}

inline std::string text_member(const boost::json::value& object, std::string_view name) {
  return text(member(object, name));
}
inline int64_t number_member(const boost::json::value& object, std::string_view name) {
  return number(member(object, name));
}

inline const boost::json::array& items(const boost::json::value& value) {
  static const boost::json::array nothing;
  const boost::json::array* found = value.if_array();
  return found == nullptr ? nothing : *found;
}

}  // namespace lakegate::cli
