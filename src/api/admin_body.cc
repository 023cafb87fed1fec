#include "api/admin_body.h"

#include <boost/json/parse.hpp>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/error_codes.h"
#include "base/utf8.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

std::unexpected<Error> wrong_type(std::string_view name, std::string_view expected) {
  return fail(codes::invalid_argument, "Member \"{}\": expected {}.", name, expected);
}

}  // namespace

Result<AdminBody> AdminBody::read(const http::Request& request, std::initializer_list<std::string_view> members) {
  if (request.body.empty()) return AdminBody(json::object());
  boost::system::error_code failed;
  json::value parsed = json::parse(request.body, failed);
  json::object* object = failed ? nullptr : parsed.if_object();
  if (object == nullptr) {
    return fail(codes::invalid_argument, "Expected a JSON object with {}.", fmt::join(members, ", "));
  }
  for (const auto& member : *object) {
    if (std::ranges::find(members, std::string_view(member.key())) != members.end()) continue;
    return fail(codes::invalid_argument, "Member \"{}\" has no meaning here; expected {}.", printable(member.key(), 80),
                fmt::join(members, ", "));
  }
  return AdminBody(std::move(*object));
}

Result<std::optional<std::string>> AdminBody::text(std::string_view name) const {
  const json::value* value = object_.if_contains(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_string()) return wrong_type(name, "a text");
  return std::string(value->get_string());
}

Result<std::string> AdminBody::needed_text(std::string_view name) const {
  LG_ASSIGN(std::optional<std::string> found, text(name));
  if (!found) return wrong_type(name, "a text; it is not there");
  return *std::move(found);
}

Result<std::optional<bool>> AdminBody::flag(std::string_view name) const {
  const json::value* value = object_.if_contains(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_bool()) return wrong_type(name, "true or false");
  return value->get_bool();
}

Result<std::optional<int64_t>> AdminBody::number(std::string_view name) const {
  const json::value* value = object_.if_contains(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_int64() || value->get_int64() < 0) return wrong_type(name, "a whole number, 0 or more");
  return value->get_int64();
}

}  // namespace lakegate::api
