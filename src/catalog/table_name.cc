#include "catalog/table_name.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/error_codes.h"

namespace lakegate::catalog {
namespace {

constexpr size_t made_bytes_max = 100;

bool is_letter(char c) { return ascii::lower(c) >= 'a' && ascii::lower(c) <= 'z'; }
bool is_word(char c) { return is_letter(c) || ascii::is_digit(c) || c == '_'; }

}  // namespace

std::string table_name_of(std::string_view title) {
  std::string name;
  bool gap = false;
  for (const char c : title) {
    if (!is_word(c)) {
      gap = true;
      continue;
    }
    if (gap && !name.empty() && name.back() != '_' && c != '_') name += '_';
    gap = false;
    name += ascii::lower(c);
  }
  if (!name.empty() && ascii::is_digit(name.front())) name.insert(name.begin(), '_');
  if (name.size() > made_bytes_max) name.resize(made_bytes_max);
  const bool has_letter = std::ranges::any_of(name, [](char c) { return c != '_'; });
  return has_letter ? name : "dataset";
}

Status check_table_name(std::string_view name) {
  const bool fine = !name.empty() && name.size() <= table_name_bytes_max && std::ranges::all_of(name, is_word);
  if (fine) return {};
  return fail(codes::invalid_argument,
              "Member tags, \"adobe/pqs/table\" is \"{}\"; expected 1 to {} letters, digits and underscores.",
              name.substr(0, 200), table_name_bytes_max);
}

}  // namespace lakegate::catalog
