// AdminBody: the JSON object that a request to /admin carries. Strict: a member that nobody asked for is refused, since
// a misspelt "grants" would make a key that may do everything.
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/request.h"

namespace lakegate::api {

class AdminBody {
 public:
  // `invalid_argument`: no JSON object, or one with other members than these. An empty body is an empty object.
  static Result<AdminBody> read(const http::Request& request, std::initializer_list<std::string_view> members);

  // Nothing: not there, or null. `invalid_argument`: of another type.
  Result<std::optional<std::string>> text(std::string_view name) const;
  Result<std::optional<bool>> flag(std::string_view name) const;
  Result<std::optional<int64_t>> number(std::string_view name) const;  // not below 0
  // `invalid_argument`: it is not there.
  Result<std::string> needed_text(std::string_view name) const;
  bool has(std::string_view name) const { return object_.contains(name); }
  // Of a member that is there.
  const boost::json::value& at(std::string_view name) const { return object_.at(name); }

 private:
  explicit AdminBody(boost::json::object object) : object_(std::move(object)) {}

  boost::json::object object_;
};

}  // namespace lakegate::api
