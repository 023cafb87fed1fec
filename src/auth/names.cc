#include "auth/names.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/error_codes.h"
#include "base/utf8.h"

namespace lakegate::auth {

Status check_name(std::string_view what, std::string_view name) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (!name.empty() && name.size() <= name_bytes_max && !ascii::trim(name).empty() &&
      std::ranges::none_of(name, is_control)) {
    return {};
  }
  return fail(codes::invalid_argument,
              "{} cannot be \"{}\": expected 1 to {} bytes, not all blank, without control characters.", what,
              printable(name, 80), name_bytes_max);
}

Status check_sandbox_name(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || ascii::is_digit(c) || c == '-'; };
  const bool good = !name.empty() && name.size() <= sandbox_name_bytes_max && name[0] >= 'a' && name[0] <= 'z' &&
                    std::ranges::all_of(name, fits);
  if (good) return {};
  return fail(codes::invalid_argument,
              "A sandbox cannot be called \"{}\": expected 1 to {} of a-z, 0-9 and -, beginning with a letter.",
              printable(name, 80), sandbox_name_bytes_max);
}

}  // namespace lakegate::auth
