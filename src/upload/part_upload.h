// PATCH: one part of a file, at its place in the one object. DESIGN.md beside this file has the rules' reasons.
#pragma once

#include "http/body_stream.h"
#include "http/request.h"
#include "upload/chunked_file.h"
#include "upload/uploads.h"

namespace lakegate::upload {

// Answers what is held once the part is durable and the ledger holds its range. The request owns the range while it
// runs:
//   another request on an overlapping range → `range_busy` with Retry-After, before the body;
//   another request on the very same range → that one ends with `range_busy`, this one takes its place.
// A range that is held already is compared with the body and never rewritten (`range_differs`). Overlaps with other
// bounds, a changed total and all that the header shows to be wrong are refused before the body. Whatever is refused
// or breaks off leaves what is held as it was, and the upload can go on.
//
// On the connection's thread; blocking work on the pool. `address` and `request` live until it returns.
http::asio::awaitable<Result<HeldBytes>> upload_part(Uploads& uploads, const FileAddress& address,
                                                     const http::Request& request, http::BodyStream& body);

}  // namespace lakegate::upload
