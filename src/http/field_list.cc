#include "http/field_list.h"

#include "base/ascii.h"

namespace lakegate::http {

std::string_view cut(std::string_view& rest, char mark) {
  const size_t at = rest.find(mark);
  const std::string_view before = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return ascii::trim(before);
}

// "0", "0.", "0.000".
bool has_zero_weight(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = cut(parameters, ';');
    const bool is_weight = ascii::equals_ignoring_case(cut(value, '='), "q");
    value = ascii::trim(value);
    if (is_weight && value.starts_with('0') && value.find_first_not_of("0.") == std::string_view::npos) return true;
  }
  return false;
}

}  // namespace lakegate::http
