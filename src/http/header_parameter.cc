#include "http/header_parameter.h"

#include "base/ascii.h"

namespace lakegate::http {

std::optional<std::string_view> header_parameter(std::string_view field, std::string_view name) {
  size_t at = 0;
  while ((at = field.find(';', at)) != std::string_view::npos) {
    std::string_view rest = ascii::trim(field.substr(++at));
    if (!ascii::starts_with_ignoring_case(rest, name) || rest.size() <= name.size() || rest[name.size()] != '=')
      continue;
    rest.remove_prefix(name.size() + 1);
    if (!rest.starts_with('"')) return ascii::trim(rest.substr(0, rest.find(';')));
    rest.remove_prefix(1);
    return rest.substr(0, rest.find('"'));
  }
  return std::nullopt;
}

}  // namespace lakegate::http
