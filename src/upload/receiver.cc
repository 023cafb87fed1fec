#include "upload/receiver.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "http/run_on.h"
#include "model/error_codes.h"
#include "upload/content_range.h"

namespace lakegate::upload {
namespace {

namespace asio = http::asio;

Status write_all(int file, int64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && (errno == ENOSPC || errno == EDQUOT)) {
      Error full{&codes::no_space, "The server's disk is full; nothing of this request was kept. Send it again later."};
      full.retry_after = std::chrono::seconds(30);
      return std::unexpected(std::move(full));
    }
    if (written < 0) return fail(codes::internal, "Writing to an object's file failed: {}.", std::strerror(errno));
    bytes = bytes.subspan(static_cast<size_t>(written));
    offset += written;
  }
  return {};
}

// Compares with the file's bytes at `offset`, which must be there.
Status compare_all(int file, int64_t offset, std::span<const std::byte> bytes) {
  std::array<std::byte, 16 * 1024> held;
  while (!bytes.empty()) {
    const ssize_t count = ::pread(file, held.data(), std::min(held.size(), bytes.size()), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(codes::internal, "Reading an object's file failed: {}.", std::strerror(errno));
    if (count == 0)
      return fail(codes::corrupt, "An object's file ends before byte {}, which was acknowledged.", offset);
    const auto [theirs, ours] = std::mismatch(bytes.begin(), bytes.begin() + count, held.begin());
    if (ours != held.begin() + count) {
      return fail(codes::range_differs,
                  "Byte {} of the file differs from the byte that is held already, and held bytes are never rewritten. "
                  "If the file changed, send it anew under another path or with PUT.",
                  offset + (ours - held.begin()));
    }
    bytes = bytes.subspan(static_cast<size_t>(count));
    offset += count;
  }
  return {};
}

// Fills the buffer as far as the body goes.
asio::awaitable<Result<size_t>> read_full(http::BodyStream& body, std::span<std::byte> buffer) {
  size_t filled = 0;
  while (filled < buffer.size()) {
    LG_CO_ASSIGN(const size_t count, co_await body.read(buffer.subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  co_return filled;
}

constexpr int64_t bytes_between_looks = 16 << 20;  // at the room that is left

using Consume = Status (*)(int file, int64_t offset, std::span<const std::byte> bytes);

// The body's next bytes, at most range.size(), through memory and `consume`.
asio::awaitable<Result<int64_t>> pass(http::WorkerPool& pool, http::BodyStream& body, int file, ByteRange range,
                                      BodyDigest& digest, Consume consume) {
  std::vector<std::byte> buffer(static_cast<size_t>(std::min<int64_t>(copy_buffer_bytes_at_first, range.size())));
  int64_t received = 0;
  while (received < range.size()) {
    const auto want = static_cast<size_t>(std::min<int64_t>(std::ssize(buffer), range.size() - received));
    LG_CO_ASSIGN(const size_t count, co_await read_full(body, std::span(buffer).first(want)));
    const auto bytes = std::span<const std::byte>(buffer).first(count);
    LG_CO_TRY(co_await http::run_on(pool, [&] {
      digest.update(bytes);
      return consume(file, range.begin + received, bytes);
    }));
    received += static_cast<int64_t>(count);
    if (count < want) break;
    if (buffer.size() == copy_buffer_bytes_at_first) buffer = std::vector<std::byte>(copy_buffer_bytes);
  }
  co_return received;
}

asio::awaitable<Result<int64_t>> receive_step(http::WorkerPool& pool, http::BodyStream& body, int file, ByteRange range,
                                              BodyDigest& digest) {
  if (!digest.wanted() && body.splices()) co_return co_await body.splice_to(file, range.begin, range.size());
  co_return co_await pass(pool, body, file, range, digest, write_all);
}

}  // namespace

void give_back(int file, ByteRange range) {
  (void)::fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, range.begin, range.size());
}

asio::awaitable<Result<int64_t>> receive(http::WorkerPool& pool, const SpaceReserve& reserve, http::BodyStream& body,
                                         int file, ByteRange range, BodyDigest& digest) {
  int64_t received = 0;
  while (received < range.size()) {
    const ByteRange step{range.begin + received, std::min(range.end, range.begin + received + bytes_between_looks)};
    LG_CO_ASSIGN(const int64_t count, co_await receive_step(pool, body, file, step, digest));
    received += count;
    if (count < step.size() || body.length() == body.received()) break;
    LG_CO_TRY(co_await http::run_on(pool, [&] { return reserve.check(); }));
  }
  co_return received;
}

asio::awaitable<Status> compare(http::WorkerPool& pool, http::BodyStream& body, int file, ByteRange range,
                                BodyDigest& digest) {
  LG_CO_ASSIGN(const int64_t received, co_await pass(pool, body, file, range, digest, compare_all));
  co_return check_received(received, range);
}

Status check_received(int64_t received, ByteRange range) {
  if (received == range.size()) return {};
  return fail(
      codes::body_short,
      "Content-Range {} announces {} bytes, but the body ended after {}. Nothing of it was kept: send the part again.",
      to_string(range), range.size(), received);
}

asio::awaitable<Status> expect_end(http::BodyStream& body) {
  std::array<std::byte, 1> more;
  LG_CO_TRY(co_await body.read(more));
  co_return Status();
}

}  // namespace lakegate::upload
