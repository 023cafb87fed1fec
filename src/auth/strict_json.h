// JSON of strangers, in which every member has one meaning: an object that names a member twice is no object, since two
// readers could each believe another one.
#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

namespace lakegate::auth {

// Nothing where `text` is no JSON object in UTF-8, nests deeper than 16, or names a member twice anywhere in it.
std::optional<boost::json::object> parse_strict_object(std::string_view text);

// The member's text; empty where there is none or it is no text.
std::string_view text_of(const boost::json::object& object, std::string_view name);

}  // namespace lakegate::auth
