#include "upload/file_path.h"

#include <algorithm>

#include "base/utf8.h"
#include "model/error_codes.h"

namespace lakegate::upload {
namespace {

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7f; }

Status check_segment(std::string_view segment, std::string_view path) {
  if (segment.empty()) {
    return fail(
        codes::file_path_invalid,
        "File path \"{}\" has an empty segment (a leading, trailing or doubled '/'). Write it as folder/name.parquet.",
        path);
  }
  if (segment == "." || segment == "..") {
    return fail(
        codes::file_path_invalid,
        "File path \"{}\" has a segment \"{}\". Paths name files below the batch only: leave such segments out.", path,
        segment);
  }
  return {};
}

}  // namespace

Status check_file_path(std::string_view path) {
  if (path.empty()) return fail(codes::file_path_invalid, "The URL names no file: put its path after files/.");
  if (path.size() > file_path_bytes_max) {
    return fail(codes::file_path_invalid, "File path is {} bytes long; at most {} are allowed. Use a shorter name.",
                path.size(), file_path_bytes_max);
  }
  if (!is_utf8(path)) return fail(codes::file_path_invalid, "File path is not UTF-8 after percent-decoding.");
  if (std::ranges::any_of(path, is_control)) {
    return fail(codes::file_path_invalid,
                "File path holds a control character (code below 32, or 127). Rename the file.");
  }
  for (std::string_view rest = path;;) {
    const size_t slash = rest.find('/');
    LG_TRY(check_segment(rest.substr(0, slash), path));
    if (slash == std::string_view::npos) return {};
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace lakegate::upload
