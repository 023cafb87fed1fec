// Parts of a file. Held ranges never overlap, so the last one that begins before a range's end is the only one that can
// reach into it.
#include "ledger/file_rows.h"
#include "ledger/files.h"
#include "ledger/refusals.h"
#include "ledger/usage.h"
#include "model/error_codes.h"

namespace lakegate::ledger {
namespace {

Status check_takes_parts(const FilePlace& place) {
  const BatchFile& file = place.file;
  if (place.status != BatchStatus::loading) return wrong_state(file.batch_id, place.status, "sending parts");
  if (!place.exists()) {
    return fail(codes::file_not_initialized,
                "\"{}\" takes no parts yet: POST the same URL with ?action=INITIALIZE first.", file.path);
  }
  if (!file.complete) return {};
  return fail(codes::file_complete,
              "\"{}\" is complete with {} bytes. PUT it whole to replace it, or send parts under another path.",
              file.path, file.sent_bytes);
}

Status check_range(const FilePlace& place, const ByteRange& range, int64_t total) {
  const BatchFile& file = place.file;
  if (file.total_bytes && *file.total_bytes != total) {
    return fail(codes::content_range_total_changed,
                "Content-Range says that \"{}\" has {} bytes in all, earlier parts said {}. Send every part with the "
                "same total.",
                file.path, total, *file.total_bytes);
  }
  if (range.begin >= 0 && range.begin < range.end && range.end <= total) return {};
  return fail(codes::content_range_invalid, "Bytes {} of \"{}\" are not within its {} bytes. Correct Content-Range.",
              range_text(range), file.path, total);
}

// How far the file is there without a gap once `range` is, too. A part that closes the first gap joins what was held
// behind it; each part is joined once in a file's life.
Result<int64_t> contiguous_with(ReadTx& tx, const FilePlace& place, const ByteRange& range) {
  if (range.begin != place.contiguous_bytes) return place.contiguous_bytes;
  LG_ASSIGN(const auto end,
            find_row<int64_t>(tx,
                              "WITH RECURSIVE joined (byte) AS (VALUES (:end) UNION ALL SELECT h.end_byte FROM joined j"
                              " CROSS JOIN held_range h WHERE h.batch_id = :batch AND h.file_number = :number"
                              " AND h.begin_byte = j.byte) SELECT max(byte) FROM joined",
                              range.end, place.file.batch_id, place.file.number));
  return end.value_or(range.end);
}

}  // namespace

Result<BatchFile> hold_range(Tx& tx, const BatchId& batch, std::string_view path, const ByteRange& range, int64_t total,
                             int64_t ranges_max, Millis now) {
  LG_ASSIGN(FilePlace place, find_place(tx, batch, path));
  BatchFile& file = place.file;
  LG_TRY(check_takes_parts(place));
  LG_TRY(check_range(place, range, total));
  LG_ASSIGN(const std::optional<ByteRange> other, overlapping_range(tx, batch, file.number, range));
  if (other && *other == range) return std::move(file);
  if (other) {
    return fail(codes::range_overlap,
                "Bytes {} of \"{}\" overlap bytes {}, which are held. Send the missing ranges only, or that very range "
                "again.",
                range_text(range), path, range_text(*other));
  }
  if (place.range_count >= ranges_max) {
    return fail(codes::content_range_invalid,
                "\"{}\" came in {} parts, as many as a file can have. Send it again in larger parts.", path,
                place.range_count);
  }
  file.total_bytes = total;
  file.updated = now;
  LG_ASSIGN(const int64_t contiguous, contiguous_with(tx, place, range));
  LG_TRY(change_rows(tx,
                     "INSERT INTO held_range (batch_id, file_number, begin_byte, end_byte) VALUES"
                     " (:batch, :number, :begin, :end)",
                     batch, file.number, range.begin, range.end));
  LG_TRY(change_rows(tx,
                     "UPDATE batch_file SET total_bytes = :total, range_count = range_count + 1,"
                     " held_bytes = held_bytes + :size, contiguous_bytes = :contiguous, updated = :now"
                     " WHERE batch_id = :batch AND number = :number",
                     total, range.size(), contiguous, now, batch, file.number));
  LG_TRY(count_change(tx, batch, {}, now));
  if (place.metered) LG_TRY(count_stored(tx, place.scope, range.size(), 0));
  return std::move(file);
}

Result<std::optional<ByteRange>> overlapping_range(ReadTx& tx, const BatchId& batch, int64_t file_number,
                                                   const ByteRange& range) {
  LG_ASSIGN(std::optional<ByteRange> last,
            find_row<ByteRange>(tx,
                                "SELECT begin_byte, end_byte FROM held_range WHERE batch_id = :batch"
                                " AND file_number = :number AND begin_byte < :end ORDER BY begin_byte DESC LIMIT 1",
                                batch, file_number, range.end));
  if (last && last->end <= range.begin) last.reset();
  return last;
}

Result<std::vector<ByteRange>> held_ranges(ReadTx& tx, const BatchId& batch, int64_t file_number, int64_t from) {
  return find_rows<ByteRange>(tx,
                              "SELECT begin_byte, end_byte FROM held_range WHERE batch_id = :batch"
                              " AND file_number = :number AND begin_byte >= :from ORDER BY begin_byte",
                              batch, file_number, from);
}

Result<HeldFile> find_held_file(ReadTx& tx, const BatchId& batch, std::string_view path) {
  LG_ASSIGN(FilePlace place, find_place(tx, batch, path));
  if (!place.exists()) return no_file(batch, path);
  if (place.file.complete) place.held_bytes = place.contiguous_bytes = place.file.sent_bytes;
  return HeldFile{std::move(place.file), place.held_bytes, place.contiguous_bytes};
}

}  // namespace lakegate::ledger
