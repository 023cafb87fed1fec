// Reading our own JSON forms: each step checks a shape and fails with the path to what is wrong.
#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakegate {

// The document's root object. `corrupt`: not JSON, not an object, nested too deeply, or its "version" is another.
Result<boost::json::object> read_versioned_json(std::string_view text, int64_t version, size_t depth_max);

// Members of the object that is being read; it and `what`, which names it in messages, outlive this. `corrupt`: missing
// or of another type.
class JsonMembers {
 public:
  JsonMembers(const boost::json::object& object, std::string_view what) : object_(object), what_(what) {}

  bool has(std::string_view name) const { return object_.contains(name); }
  Result<std::string> text(std::string_view name) const;
  Result<int64_t> integer(std::string_view name) const;
  Result<double> number(std::string_view name) const;
  Result<bool> flag(std::string_view name) const;
  Result<const boost::json::array*> list(std::string_view name) const;

 private:
  Result<const boost::json::value*> member(std::string_view name) const;
  std::unexpected<Error> wrong(std::string_view name, std::string_view expected) const;

  const boost::json::object& object_;
  std::string_view what_;
};

}  // namespace lakegate
