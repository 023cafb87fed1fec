#include "upload/uploads.h"

#include <optional>

#include "base/log.h"
#include "ledger/batches.h"
#include "ledger/files.h"
#include "ledger/objects.h"
#include "model/error_codes.h"
#include "objects/object_keys.h"

namespace lakegate::upload {

Result<Batch> find_loading_batch(ReadTx& tx, const FileAddress& address) {
  LG_ASSIGN(Batch batch, ledger::find_batch_of_dataset(tx, address.scope, address.batch, address.dataset));
  if (batch.status == BatchStatus::loading) return batch;
  return fail(codes::batch_wrong_state,
              "Batch {} is {}: files can be sent, replaced and completed while it is loading only. Create a new batch "
              "for them.",
              batch.id, to_string(batch.status));
}

Result<UploadQuotas::Room> make_room(Uploads& uploads, const FileAddress& address, std::optional<int64_t> announced,
                                     bool replaces) {
  if (!uploads.quotas.limits_bytes(address.scope)) return UploadQuotas::Room{};
  int64_t credit = 0;
  if (replaces) {
    const auto former =
        uploads.ledger.read([&](ReadTx& tx) { return ledger::find_held_file(tx, address.batch, address.path); });
    if (former) credit = former->held_bytes;
  }
  return uploads.quotas.make_room(uploads.ledger, address.scope, announced, credit, uploads.clock.now_ms());
}

namespace {

ObjectKey new_key(Uploads& uploads, const FileAddress& address) {
  return new_data_key(address.scope.org, address.dataset, uploads.random, uploads.clock.now_ms());
}

// In the ledger, not in the store.
Result<ObjectKey> take_or_begin(Uploads& uploads, const FileAddress& address) {
  std::optional<ObjectKey> begun = uploads.begun.take(address.dataset);
  if (!begun) {
    ObjectKey key = new_key(uploads, address);
    LG_TRY(uploads.ledger.write([&](Tx& tx) -> Status {
      LG_TRY(find_loading_batch(tx, address));
      return ledger::begin_object(tx, key, address.dataset, BatchId(), uploads.epoch);
    }));
    return key;
  }
  const auto batch = uploads.ledger.read([&](ReadTx& tx) { return find_loading_batch(tx, address); });
  if (batch) return *std::move(begun);
  uploads.begun.add(address.dataset, *std::move(begun));
  return std::unexpected(batch.error());
}

}  // namespace

Result<NewObject> begin_object(Uploads& uploads, const FileAddress& address) {
  LG_ASSIGN(ObjectKey key, take_or_begin(uploads, address));
  auto writer = uploads.objects.begin(key);
  if (!writer) {
    discard_object(uploads, key);
    return std::unexpected(std::move(writer).error());
  }
  return NewObject{std::move(key), std::move(*writer)};
}

Result<BatchFile> name_object(Uploads& uploads, const FileAddress& address, const ObjectKey& object,
                              const NameFile& name_file) {
  const ObjectKey next = new_key(uploads, address);
  const std::optional<ObjectKey> oldest = uploads.begun.make_room();
  bool named = false;
  LG_ASSIGN(BatchFile file, uploads.ledger.write([&](Tx& tx) -> Result<BatchFile> {
    LG_ASSIGN(BatchFile file, name_file(tx));
    named = file.object == object;
    if (named) LG_TRY(ledger::begin_object(tx, next, address.dataset, BatchId(), uploads.epoch));
    if (oldest) LG_TRY(ledger::condemn_object(tx, *oldest, 0));
    return file;
  }));
  if (named) uploads.begun.add(address.dataset, next);
  return file;
}

void discard_object(Uploads& uploads, const ObjectKey& key) {
  const Result<bool> known = uploads.ledger.write([&](Tx& tx) -> Result<bool> {
    LG_TRY(ledger::condemn_object(tx, key, 0));
    LG_ASSIGN(const auto row, ledger::find_object(tx, key));
    return row.has_value();
  });
  // The batch ended and was swept while its object was on its way to the disk: nobody else knows of the file.
  const Status removed = known && !*known ? uploads.objects.remove(key) : Status();
  for (const Error* cause : {known ? nullptr : &known.error(), removed ? nullptr : &removed.error()}) {
    if (cause != nullptr)
      log::warning("An unfinished object stays until the next start", {{"object", key}, {"cause", *cause}});
  }
}

}  // namespace lakegate::upload
