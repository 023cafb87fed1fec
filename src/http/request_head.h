// The head of a request: from the bytes up to the empty line to a Request.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "http/request.h"
#include "http/settings.h"

namespace lakegate::http {

// What only the connection needs to know.
struct Framing {
  bool keep_alive = false;
  bool expects_continue = false;
};

// Beast's parser takes strictly what RFC 9112 allows; this looks at the lines first, for two reasons: one sloppy
// form that the documented samples use is mended in place (`x-api-key : KEY`), and what is refused gets a message
// that names the header. `block` ends with the empty line.
Status check_and_mend_lines(std::span<char> block);

// check_and_mend_lines, then parses. On failure `request` holds what was understood before.
// `malformed_request`, `uri_too_long`.
Result<Framing> parse_head(std::span<char> block, const Settings& settings, Request& request);

// Why a head that is longer than Settings::header_bytes_max is refused: `uri_too_long` if the request line alone is
// to blame, else `header_too_large`.
Error describe_long_head(std::string_view begin, const Settings& settings);

}  // namespace lakegate::http
