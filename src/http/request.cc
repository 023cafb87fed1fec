#include "http/request.h"

#include <algorithm>
#include <cassert>

namespace lakegate::http {

const std::string& Request::path_parameter(std::string_view name) const {
  const auto found = std::ranges::find(path_parameters, name, &Parameter::name);
  assert(found != path_parameters.end());
  return found->value;
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  const auto found = std::ranges::find(query, name, &Parameter::name);
  if (found == query.end()) return std::nullopt;
  return found->value;
}

std::string_view Request::peer_address() const {
  const std::string_view whole = peer;
  if (whole.starts_with('[')) return whole.substr(1, whole.find(']') - 1);
  return whole.substr(0, whole.rfind(':'));
}

}  // namespace lakegate::http
