#include "upload/whole_upload.h"

#include "base/crash_point.h"
#include "http/run_on.h"
#include "ledger/files.h"
#include "model/error_codes.h"
#include "upload/body_terms.h"
#include "upload/file_path.h"
#include "upload/multipart_body.h"
#include "upload/receiver.h"

namespace lakegate::upload {
namespace {

namespace asio = http::asio;

Error too_large(const Limits& limits) {
  return {&codes::file_too_large, fmt::format("A file of one PUT may have at most {} bytes. Send larger ones in parts: "
                                              "POST …?action=INITIALIZE, PATCH with "
                                              "Content-Range, POST …?action=COMPLETE.",
                                              limits.whole_file_bytes_max)};
}

// Body to disk, not durable yet.
asio::awaitable<Result<int64_t>> store(Uploads& uploads, ObjectWriter& writer, http::BodyStream& body,
                                       BodyDigest& digest) {
  LG_CO_ASSIGN(const int64_t received, co_await receive(uploads.pool, uploads.reserve, body, writer.fd(),
                                                        {0, uploads.limits.whole_file_bytes_max}, digest));
  LG_CO_TRY(co_await expect_end(body));
  crash_point("upload.received");
  co_return received;
}

// Makes the bytes durable, then names them as the file. Blocks.
Result<BatchFile> keep(Uploads& uploads, const FileAddress& address, const NewObject& object, int64_t received,
                       BodyDigest& digest) {
  LG_TRY(digest.verify());
  LG_TRY(object.writer->sync());
  crash_point("upload.synced");
  const ledger::WholeFile whole{address.path, object.key, received, digest.sha256()};
  LG_ASSIGN(BatchFile file, name_object(uploads, address, object.key, [&](Tx& tx) -> Result<BatchFile> {
              LG_ASSIGN(ledger::PutFile put,
                        ledger::put_whole_file(tx, address.batch, whole, uploads.limits.files_per_batch_max, 0,
                                               uploads.clock.now_ms()));
              return std::move(put.file);
            }));
  crash_point("upload.committed");
  return file;
}

}  // namespace

asio::awaitable<Result<BatchFile>> upload_whole(Uploads& uploads, const FileAddress& address,
                                                const http::Request& request, http::BodyStream& body) {
  LG_CO_TRY(check_file_path(address.path));
  LG_CO_ASSIGN(BodyTerms terms, read_body_terms(request));
  if (terms.length.value_or(0) > uploads.limits.whole_file_bytes_max) {
    co_return std::unexpected(too_large(uploads.limits));
  }
  OpenedBody file_body(body, terms.boundary);
  file_body.get().limit_to(uploads.limits.whole_file_bytes_max, too_large(uploads.limits));

  const FlowingBodies::Entry flowing(uploads.flowing, address.batch);
  LG_CO_ASSIGN(const UploadQuotas::Share open, uploads.quotas.open(address.scope));
  std::optional<UploadQuotas::Room> room;
  LG_CO_ASSIGN(NewObject object, co_await http::run_on(uploads.pool, [&]() -> Result<NewObject> {
                 LG_TRY(uploads.reserve.check(terms.length.value_or(0)));
                 LG_ASSIGN(UploadQuotas::Room made, make_room(uploads, address, terms.length, true));
                 room.emplace(std::move(made));
                 return begin_object(uploads, address);
               }));
  // What does not say its length is broken off where the room ends.
  if (room->bytes_max && *room->bytes_max < uploads.limits.whole_file_bytes_max)
    file_body.get().limit_to(*room->bytes_max, *room->over);
  crash_point("upload.begun");
  const Result<int64_t> stored = co_await store(uploads, *object.writer, file_body.get(), terms.digest);
  co_return co_await http::run_on(uploads.pool, [&]() -> Result<BatchFile> {
    Result<BatchFile> file = stored ? keep(uploads, address, object, *stored, terms.digest)
                                    : Result<BatchFile>(std::unexpected(stored.error()));
    const bool unknown = !file && file.error().kind() == ErrorKind::commit_unknown;
    if (!file && !unknown) {
      // First the room: on a full disk the ledger may not be able to note what is to go.
      give_back(object.writer->fd(), {0, uploads.limits.whole_file_bytes_max});
      discard_object(uploads, object.key);
    }
    return file;
  });
}

}  // namespace lakegate::upload
