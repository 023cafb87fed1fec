// PUT: a whole file in one request.
#pragma once

#include "http/body_stream.h"
#include "http/request.h"
#include "upload/uploads.h"

namespace lakegate::upload {

// The body becomes an object, durable, then the ledger names it as the file, then this returns: what a 2xx promises.
// A file that the path named before is replaced, finished or not. Refused before the body: an unusable path, a wrong
// batch, dataset or state, an announced length over the limit, headers that cannot be met. Refused after it: a digest
// that does not match, a batch that left `loading` meanwhile; then nothing of it is kept.
//
// On the connection's thread; blocking work on the pool. `address` and `request` live until it returns.
http::asio::awaitable<Result<BatchFile>> upload_whole(Uploads& uploads, const FileAddress& address,
                                                      const http::Request& request, http::BodyStream& body);

}  // namespace lakegate::upload
