#include "upload/part_upload.h"

#include <boost/asio/this_coro.hpp>

#include "base/crash_point.h"
#include "http/run_on.h"
#include "ledger/files.h"
#include "model/error_codes.h"
#include "upload/body_ending.h"
#include "upload/body_terms.h"
#include "upload/content_range.h"
#include "upload/file_path.h"
#include "upload/multipart_body.h"
#include "upload/part_turn.h"
#include "upload/receiver.h"

namespace lakegate::upload {
namespace {

namespace asio = http::asio;

Error part_too_large(const Limits& limits) {
  return {&codes::part_too_large, fmt::format("A part may have at most {} bytes. Send the file in more, smaller parts.",
                                              limits.part_bytes_max)};
}

Error longer_than_range(const ContentRange& part) {
  return {
      &codes::content_range_invalid,
      fmt::format("Content-Range {} announces {} bytes, but the body is longer. Send exactly the bytes of the range.",
                  to_string(part.range), part.range.size())};
}

Error replaced(const ContentRange& part) {
  return {&codes::range_busy,
          fmt::format("A newer request sends the same bytes {} and took this one's place.", to_string(part.range)),
          std::chrono::seconds(1)};
}

Result<ContentRange> read_range(const http::Request& request, const Limits& limits) {
  LG_ASSIGN(const ContentRange part, parse_content_range(request.header("Content-Range").value_or("")));
  if (part.range.size() > limits.part_bytes_max) return std::unexpected(part_too_large(limits));
  if (part.total > limits.file_bytes_max) {
    return fail(codes::file_too_large,
                "Content-Range announces a file of {} bytes; at most {} are allowed. Split the data into more files.",
                part.total, limits.file_bytes_max);
  }
  return part;
}

Status check_length(std::optional<int64_t> announced, const ContentRange& part) {
  if (!announced || *announced == part.range.size()) return {};
  if (*announced > part.range.size()) return std::unexpected(longer_than_range(part));
  return fail(codes::body_short,
              "Content-Range {} announces {} bytes, but Content-Length says {}. Send exactly the bytes of the range.",
              to_string(part.range), part.range.size(), *announced);
}

// The bytes of a range that nobody holds, to their place. What a failure leaves there is overwritten by the next
// request on the range, since the ledger does not hold it.
asio::awaitable<Status> write_part(Uploads& uploads, const PartTurn& turn, const ContentRange& part,
                                   http::BodyStream& body, BodyDigest& digest) {
  const Result<int64_t> came =
      co_await receive(uploads.pool, uploads.reserve, body, turn.writer->fd(), part.range, digest);
  if (!came && came.error().kind() == ErrorKind::no_space) {
    co_await http::run_on(uploads.pool, [&] { give_back(turn.writer->fd(), part.range); });
  }
  LG_CO_ASSIGN(const int64_t received, came);
  LG_CO_TRY(check_received(received, part.range));
  LG_CO_TRY(co_await expect_end(body));
  crash_point("part.received");
  co_return Status();
}

asio::awaitable<Status> compare_part(Uploads& uploads, const PartTurn& turn, const ContentRange& part,
                                     http::BodyStream& body, BodyDigest& digest) {
  LG_CO_TRY(co_await compare(uploads.pool, body, turn.writer->fd(), part.range, digest));
  co_return co_await expect_end(body);
}

// All that is left once the bytes are in the file, in one go: each change of threads costs as much as a small write.
// Blocks.
Status hold(Uploads& uploads, const FileAddress& address, const PartTurn& turn, const ContentRange& part) {
  LG_TRY(turn.writer->sync());
  crash_point("part.synced");
  const Result<BatchFile> file = uploads.ledger.write([&](Tx& tx) {
    return ledger::hold_range(tx, address.batch, address.path, part.range, part.total,
                              uploads.limits.parts_per_file_max, uploads.clock.now_ms());
  });
  if (!file) return std::unexpected(file.error());
  crash_point("part.held");
  return {};
}

}  // namespace

asio::awaitable<Result<HeldBytes>> upload_part(Uploads& uploads, const FileAddress& address,
                                               const http::Request& request, http::BodyStream& body) {
  LG_CO_TRY(check_file_path(address.path));
  LG_CO_ASSIGN(const ContentRange part, read_range(request, uploads.limits));
  LG_CO_ASSIGN(BodyTerms terms, read_body_terms(request));
  LG_CO_TRY(check_length(terms.length, part));
  OpenedBody file_body(body, terms.boundary);
  file_body.get().limit_to(part.range.size(), longer_than_range(part));

  const FlowingBodies::Entry flowing(uploads.flowing, address.batch);
  LG_CO_ASSIGN(const UploadQuotas::Share open, uploads.quotas.open(address.scope));
  const BodyEnding ending(co_await asio::this_coro::executor, body);
  LG_CO_ASSIGN(const PartTurn turn, co_await take_turn(uploads, address, part, ending.with(replaced(part))));
  const bool writes = turn.action == PartAction::write;
  if (writes) {
    LG_CO_TRY(co_await write_part(uploads, turn, part, file_body.get(), terms.digest));
  } else {
    LG_CO_TRY(co_await compare_part(uploads, turn, part, file_body.get(), terms.digest));
  }
  co_return co_await http::run_on(uploads.pool, [&]() -> Result<HeldBytes> {
    LG_TRY(terms.digest.verify());
    if (writes) LG_TRY(hold(uploads, address, turn, part));
    return held_bytes(uploads, address);
  });
}

}  // namespace lakegate::upload
