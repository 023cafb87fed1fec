// Receiving: a body's bytes go into an object's file, or are compared with what it holds.
#pragma once

#include "http/body_stream.h"
#include "http/worker_pool.h"
#include "model/batch_file.h"
#include "objects/space_reserve.h"
#include "upload/body_digest.h"

namespace lakegate::upload {

// Of an upload whose bytes must pass through memory: small while its client is slow.
inline constexpr size_t copy_buffer_bytes_at_first = 8 * 1024;
inline constexpr size_t copy_buffer_bytes = 256 * 1024;

// Gives back the room of what was received in `range` of `file` and will never be named, as far as the file system can.
// Blocks.
void give_back(int file, ByteRange range);

// Writes the body's next bytes to `file` from `range.begin` on, at most range.size(), and answers how many came: fewer
// only if the body ended. Spliced where no digest is wanted and the body can be. Nothing is durable yet. Looks now and
// then whether the reserve is still there: `no_space`. On the connection's thread; disk and digest on the pool. `file`
// stays open until this returns.
http::asio::awaitable<Result<int64_t>> receive(http::WorkerPool& pool, const SpaceReserve& reserve,
                                               http::BodyStream& body, int file, ByteRange range, BodyDigest& digest);

// Reads the body as far as range.size() and compares it with the bytes that `file` holds in the range; writes nothing.
// `range_differs` at the first difference, naming its position in the file; `body_short` if the body ends early.
http::asio::awaitable<Status> compare(http::WorkerPool& pool, http::BodyStream& body, int file, ByteRange range,
                                      BodyDigest& digest);

// `body_short` unless `received` is all of the range.
Status check_received(int64_t received, ByteRange range);

// Reads once more: after the last byte that may come, BodyStream::limit_to makes every further one an error.
http::asio::awaitable<Status> expect_end(http::BodyStream& body);

}  // namespace lakegate::upload
