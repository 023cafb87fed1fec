#include "ledger/files.h"

#include "ledger/file_rows.h"
#include "ledger/refusals.h"
#include "ledger/usage.h"
#include "model/error_codes.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view changing_files = "sending, replacing or completing files";

struct JudgedRows {
  Verdict verdict = Verdict::good;
  int64_t record_count = 0;
};

template <class Visit>
void visit_columns(Visit& visit, JudgedRows& rows) {
  visit(rows.verdict, rows.record_count);
}

// Makes an object live, the batch's from now on; its number.
// `counted`: bytes of it that count against quotas.
Result<int64_t> keep_data_object(Tx& tx, const BatchId& batch, const ObjectKey& key, bool awaits_verdict,
                                 int64_t counted) {
  LG_ASSIGN(const auto number,
            find_row<int64_t>(tx,
                              "UPDATE object SET state = 'live', awaits_verdict = :awaits, batch_id = :batch,"
                              " counted_bytes = :counted WHERE key = :key AND state = 'writing' AND coalesce(batch_id, "
                              ":batch_again) = :batch_still"
                              " AND dataset_id = (SELECT dataset_id FROM batch WHERE id = :batch_of_dataset)"
                              " RETURNING number",
                              awaits_verdict, batch, counted, key, batch, batch, batch));
  if (number) return *number;
  return fail(codes::conflict, "Object {} is not one that is being written for batch {}. Send the file again.", key,
              batch);
}

Status check_room(const FilePlace& place, const BatchId& batch, int64_t files_max) {
  if (place.last_number < files_max) return {};
  return fail(codes::batch_too_many_files,
              "Batch {} has {} files, as many as a batch can have. Complete it, and send \"{}\" in another batch.",
              batch, place.last_number, place.file.path);
}

Status insert_file(Tx& tx, const BatchFile& file, int64_t object) {
  LG_TRY(
      change_rows(tx,
                  "INSERT INTO batch_file (batch_id, number, path, object, chunked, complete, total_bytes, sent_bytes,"
                  " sha256, created, updated) VALUES (:batch, :number, :path, :object, :chunked, :complete, :total,"
                  " :sent, :sha256, :created, :updated)",
                  file.batch_id, file.number, file.path, object, file.chunked, file.complete, file.total_bytes,
                  file.sent_bytes, file.sha256, file.created, file.updated));
  return {};
}

// Also forgets the parts that it held.
Status update_file(Tx& tx, const BatchFile& file, int64_t object, int64_t range_count) {
  LG_TRY(change_rows(tx,
                     "UPDATE batch_file SET object = :object, chunked = :chunked, complete = :complete,"
                     " total_bytes = :total, sent_bytes = :sent, sha256 = :sha256, range_count = 0, held_bytes = 0,"
                     " contiguous_bytes = 0, updated = :updated WHERE batch_id = :batch AND number = :number",
                     object, file.chunked, file.complete, file.total_bytes, file.sent_bytes, file.sha256, file.updated,
                     file.batch_id, file.number));
  if (range_count == 0) return {};
  LG_TRY(change_rows(tx, "DELETE FROM held_range WHERE batch_id = :batch AND file_number = :number", file.batch_id,
                     file.number));
  return {};
}

// What the file that is replaced had added.
Result<FileCounts> counts_of_former(ReadTx& tx, const FilePlace& former) {
  if (!former.file.complete) return FileCounts{.open = 1};
  FileCounts counts{.complete = 1, .sent_bytes = former.file.sent_bytes};
  LG_ASSIGN(
      const auto judged,
      find_row<JudgedRows>(tx, "SELECT verdict, record_count FROM verdict WHERE object = :object", former.object));
  if (judged && judged->verdict == Verdict::good) {
    counts.good = 1;
    counts.good_records = judged->record_count;
  } else if (judged) {
    counts.bad = 1;
    counts.bad_records = judged->record_count;
  }
  return counts;
}

Status condemn_former(Tx& tx, const FilePlace& former, Millis due) {
  LG_TRY(change_rows(tx,
                     "UPDATE object SET state = 'condemned', due = max(coalesce(due, 0), :due), awaits_verdict = 0,"
                     " counted_bytes = :counted WHERE number = :number",
                     due, former.kept_bytes(), former.object));
  tx.on_commit({.kind = Wake::Kind::object});
  return {};
}

std::unexpected<Error> already_there(ReadTx& tx, const FilePlace& place) {
  const BatchFile& file = place.file;
  if (file.complete) {
    return fail(codes::file_complete,
                "\"{}\" is complete with {} bytes. PUT it again to replace it, or send parts under another path.",
                file.path, file.sent_bytes);
  }
  const auto ranges = first_held_ranges(tx, file, 10);
  if (!ranges) return std::unexpected(ranges.error());
  return fail(codes::file_has_bytes,
              "\"{}\" was initialized and holds {}. Go on with the missing ranges, or PUT it whole to replace it.",
              file.path, ranges_text(*ranges, place.range_count));
}

}  // namespace

Result<PutFile> put_whole_file(Tx& tx, const BatchId& batch, const WholeFile& file, int64_t files_max,
                               Millis former_due, Millis now) {
  LG_ASSIGN(const FilePlace former, find_place(tx, batch, file.path));
  if (former.status != BatchStatus::loading) return wrong_state(batch, former.status, changing_files);
  if (!former.exists()) LG_TRY(check_room(former, batch, files_max));
  LG_ASSIGN(const int64_t object, keep_data_object(tx, batch, file.object, true, file.sent_bytes));

  FileCounts counts{.files = former.exists() ? 0 : 1, .complete = 1, .sent_bytes = file.sent_bytes};
  BatchFile put{.batch_id = batch,
                .number = former.exists() ? former.file.number : former.last_number + 1,
                .path = file.path,
                .object = file.object,
                .chunked = false,
                .complete = true,
                .total_bytes = std::nullopt,
                .sent_bytes = file.sent_bytes,
                .sha256 = file.sha256,
                .created = former.exists() ? former.file.created : now,
                .updated = now};
  if (former.exists()) {
    LG_ASSIGN(const FileCounts lost, counts_of_former(tx, former));
    counts.open -= lost.open;
    counts.complete -= lost.complete;
    counts.sent_bytes -= lost.sent_bytes;
    counts.good -= lost.good;
    counts.bad -= lost.bad;
    counts.good_records -= lost.good_records;
    counts.bad_records -= lost.bad_records;
    LG_TRY(update_file(tx, put, object, former.range_count));
    LG_TRY(condemn_former(tx, former, former_due));
  } else {
    LG_TRY(insert_file(tx, put, object));
  }
  LG_TRY(count_change(tx, batch, counts, now));
  if (former.metered) {
    const int64_t credit = former.exists() ? former.kept_bytes() : 0;
    LG_TRY(count_stored(tx, former.scope, file.sent_bytes, credit));
  }
  tx.on_commit({.kind = Wake::Kind::file_complete, .batch = batch, .dataset = former.dataset_id});
  return PutFile{std::move(put), former.exists()};
}

Result<BatchFile> initialize_file(Tx& tx, const BatchId& batch, std::string_view path, const ObjectKey& object,
                                  int64_t files_max, Millis now) {
  LG_ASSIGN(FilePlace place, find_place(tx, batch, path));
  if (place.status != BatchStatus::loading) return wrong_state(batch, place.status, changing_files);
  if (place.exists()) {
    if (place.file.complete || place.range_count > 0) return already_there(tx, place);
    LG_TRY(count_change(tx, batch, {}, now));
    return std::move(place.file);
  }
  LG_TRY(check_room(place, batch, files_max));
  LG_ASSIGN(const int64_t number, keep_data_object(tx, batch, object, false, 0));
  BatchFile file{.batch_id = batch,
                 .number = place.last_number + 1,
                 .path = std::string(path),
                 .object = object,
                 .chunked = true,
                 .complete = false,
                 .total_bytes = std::nullopt,
                 .sent_bytes = 0,
                 .sha256 = {},
                 .created = now,
                 .updated = now};
  LG_TRY(insert_file(tx, file, number));
  LG_TRY(count_change(tx, batch, {.files = 1, .open = 1}, now));
  return file;
}

Result<BatchFile> complete_file(Tx& tx, const BatchId& batch, std::string_view path, Millis now) {
  LG_ASSIGN(FilePlace place, find_place(tx, batch, path));
  BatchFile& file = place.file;
  if (place.exists() && file.complete) return std::move(file);
  if (place.status != BatchStatus::loading) return wrong_state(batch, place.status, changing_files);
  if (!place.exists()) return no_file(batch, path);
  if (!file.total_bytes) {
    return fail(codes::file_has_gaps,
                "No part of \"{}\" came yet: all of it is missing. Send its parts, then complete it.", path);
  }
  // Ranges do not overlap and end at the total: as many bytes as that are all of it.
  if (place.held_bytes != *file.total_bytes) {
    LG_ASSIGN(std::vector<ByteRange> held, held_ranges(tx, batch, file.number));
    const std::vector<ByteRange> missing = missing_ranges(std::move(held), *file.total_bytes);
    return fail(codes::file_has_gaps, "\"{}\" lacks {} of {} bytes. Send the missing ranges, then complete it.", path,
                ranges_text(missing, static_cast<int64_t>(missing.size())), *file.total_bytes);
  }
  file.complete = true;
  file.sent_bytes = *file.total_bytes;
  file.updated = now;
  LG_TRY(update_file(tx, file, place.object, place.range_count));
  LG_TRY(change_rows(tx, "UPDATE object SET awaits_verdict = 1, counted_bytes = :counted WHERE number = :number",
                     file.sent_bytes, place.object));
  LG_TRY(count_change(tx, batch, {.open = -1, .complete = 1, .sent_bytes = file.sent_bytes}, now));
  tx.on_commit({.kind = Wake::Kind::file_complete, .batch = batch, .dataset = place.dataset_id});
  return std::move(file);
}

}  // namespace lakegate::ledger
