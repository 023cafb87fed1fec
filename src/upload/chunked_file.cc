#include "upload/chunked_file.h"

#include "base/crash_point.h"
#include "ledger/batches.h"
#include "ledger/files.h"
#include "model/error_codes.h"
#include "upload/file_path.h"

namespace lakegate::upload {
namespace {

// The file as it is, when INITIALIZE was here before and nothing came since.
std::optional<BatchFile> find_fresh(ReadTx& tx, const FileAddress& address) {
  const Result<BatchFile> file = ledger::find_file(tx, address.batch, address.path);
  if (!file || !file->chunked || file->complete || file->total_bytes) return std::nullopt;
  return *file;
}

Result<BatchFile> keep(Uploads& uploads, const FileAddress& address, const NewObject& object) {
  LG_TRY(object.writer->sync());
  crash_point("initialize.synced");
  return name_object(uploads, address, object.key, [&](Tx& tx) {
    return ledger::initialize_file(tx, address.batch, address.path, object.key, uploads.limits.files_per_batch_max,
                                   uploads.clock.now_ms());
  });
}

Result<HeldBytes> find_held(ReadTx& tx, const FileAddress& address) {
  LG_ASSIGN(const Batch batch, ledger::find_batch_of_dataset(tx, address.scope, address.batch, address.dataset));
  LG_ASSIGN(ledger::HeldFile held, ledger::find_held_file(tx, batch.id, address.path));
  return HeldBytes{std::move(held.file), held.held_bytes, held.contiguous_bytes};
}

}  // namespace

Result<BatchFile> initialize(Uploads& uploads, const FileAddress& address) {
  LG_TRY(check_file_path(address.path));
  LG_ASSIGN(auto fresh, uploads.ledger.read([&](ReadTx& tx) -> Result<std::optional<BatchFile>> {
    LG_TRY(find_loading_batch(tx, address));
    return find_fresh(tx, address);
  }));
  if (fresh) return std::move(*fresh);
  LG_TRY(uploads.reserve.check());
  LG_ASSIGN(const NewObject object, begin_object(uploads, address));
  crash_point("initialize.begun");
  Result<BatchFile> file = keep(uploads, address, object);
  const bool unknown = !file && file.error().kind() == ErrorKind::commit_unknown;
  const bool used = file && file->object == object.key;
  if (!used && !unknown) discard_object(uploads, object.key);
  return file;
}

Result<BatchFile> complete(Uploads& uploads, const FileAddress& address) {
  LG_TRY(check_file_path(address.path));
  LG_ASSIGN(BatchFile file, uploads.ledger.write([&](Tx& tx) -> Result<BatchFile> {
    LG_ASSIGN(const Batch batch, ledger::find_batch_of_dataset(tx, address.scope, address.batch, address.dataset));
    // A lost answer: the file was completed, and its batch may have gone on since.
    const Result<BatchFile> before = ledger::find_file(tx, address.batch, address.path);
    if (before && before->complete) return before;
    LG_TRY(find_loading_batch(tx, address));
    return ledger::complete_file(tx, batch.id, address.path, uploads.clock.now_ms());
  }));
  crash_point("file.completed");
  return file;
}

Result<HeldBytes> held_bytes(Uploads& uploads, const FileAddress& address) {
  LG_TRY(check_file_path(address.path));
  return uploads.ledger.read([&](ReadTx& tx) { return find_held(tx, address); });
}

Result<HeldRanges> held_ranges(Uploads& uploads, const FileAddress& address) {
  LG_TRY(check_file_path(address.path));
  return uploads.ledger.read([&](ReadTx& tx) -> Result<HeldRanges> {
    LG_ASSIGN(HeldBytes bytes, find_held(tx, address));
    HeldRanges held{std::move(bytes), {}};
    const int64_t contiguous = held.bytes.contiguous;
    if (contiguous > 0) held.ranges.push_back({0, contiguous});
    if (held.bytes.held == contiguous) return held;
    LG_ASSIGN(const std::vector<ByteRange> parts,
              ledger::held_ranges(tx, address.batch, held.bytes.file.number, contiguous));
    for (const ByteRange& part : parts) {
      if (!held.ranges.empty() && held.ranges.back().end == part.begin) {
        held.ranges.back().end = part.end;
      } else {
        held.ranges.push_back(part);
      }
    }
    return held;
  });
}

}  // namespace lakegate::upload
