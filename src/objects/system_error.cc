#include "objects/system_error.h"

#include <cerrno>
#include <system_error>

#include "base/error_codes.h"

namespace lakegate::objects {
namespace {

const ErrorCode& code_of(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT: return codes::no_space;
    case ENOENT: return codes::not_found;
    case EEXIST: return codes::conflict;
    case EMFILE:
    case ENFILE: return codes::unavailable;
    case EIO: return codes::corrupt;
    default: return codes::internal;
  }
}

}  // namespace

std::unexpected<Error> system_failure(int number, std::string_view action, std::string_view what) {
  return fail(code_of(number), "Cannot {} {}: {} (errno {})", action, what, std::generic_category().message(number),
              number);
}

}  // namespace lakegate::objects
