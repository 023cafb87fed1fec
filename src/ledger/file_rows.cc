#include "ledger/file_rows.h"

#include <algorithm>

#include "ledger/batches.h"
#include "ledger/refusals.h"

namespace lakegate::ledger {
namespace {

constexpr size_t ranges_named_max = 10;

}  // namespace

template <class Visit>
void visit_columns(Visit& visit, FilePlace& place) {
  BatchFile& file = place.file;
  visit(place.status, place.dataset_id, place.last_number, place.object, place.range_count, place.held_bytes,
        place.contiguous_bytes, place.scope.org, place.scope.sandbox, place.metered, file.batch_id, file.number,
        file.object, file.chunked, file.complete, file.total_bytes, file.sent_bytes, file.sha256, file.created,
        file.updated);
}

Result<FilePlace> find_place(ReadTx& tx, const BatchId& batch, std::string_view path) {
  LG_ASSIGN(auto place,
            find_row<FilePlace>(
                tx,
                "SELECT b.status, b.dataset_id, b.last_file_number, coalesce(f.object, 0), coalesce(f.range_count, 0),"
                " coalesce(f.held_bytes, 0), coalesce(f.contiguous_bytes, 0), b.org, b.sandbox,"
                " EXISTS (SELECT 1 FROM usage u WHERE u.sandbox = b.sandbox), b.id, coalesce(f.number, 0),"
                " coalesce(o.key, ''), coalesce(f.chunked, 0),"
                " coalesce(f.complete, 0), f.total_bytes, coalesce(f.sent_bytes, 0), coalesce(f.sha256, ''),"
                " coalesce(f.created, 0), coalesce(f.updated, 0) FROM batch b"
                " LEFT JOIN batch_file f ON f.batch_id = b.id AND f.path = :path"
                " LEFT JOIN object o ON o.number = f.object WHERE b.id = :batch",
                path, batch));
  if (!place) return no_batch(batch);
  place->file.path = path;
  return *std::move(place);
}

Status count_change(Tx& tx, const BatchId& batch, const FileCounts& counts, Millis now) {
  LG_ASSIGN(
      const int64_t changed,
      change_rows(
          tx,
          "UPDATE batch SET last_activity = max(last_activity, :now), last_file_number = last_file_number + :files,"
          " open_file_count = open_file_count + :open, file_count = file_count + :complete,"
          " size_bytes = size_bytes + :sent_bytes, good_file_count = good_file_count + :good,"
          " bad_file_count = bad_file_count + :bad, good_record_count = good_record_count + :good_records,"
          " bad_record_count = bad_record_count + :bad_records WHERE id = :batch AND status = 'loading'",
          now, counts.files, counts.open, counts.complete, counts.sent_bytes, counts.good, counts.bad,
          counts.good_records, counts.bad_records, batch));
  if (changed == 1) return {};
  LG_ASSIGN(const Batch found, get_batch(tx, batch));
  return wrong_state(batch, found.status, "sending, replacing or completing files");
}

std::string range_text(const ByteRange& range) { return fmt::format("{}-{}", range.begin, range.end - 1); }

std::string ranges_text(const std::vector<ByteRange>& ranges, int64_t count) {
  std::string text = "bytes ";
  const size_t named = std::min(ranges.size(), ranges_named_max);
  for (size_t i = 0; i < named; ++i) text += (i == 0 ? "" : ", ") + range_text(ranges[i]);
  if (count > static_cast<int64_t>(named)) text += fmt::format(" and {} more", count - static_cast<int64_t>(named));
  return text;
}

Result<std::vector<ByteRange>> first_held_ranges(ReadTx& tx, const BatchFile& file, int64_t limit) {
  return find_rows<ByteRange>(tx,
                              "SELECT begin_byte, end_byte FROM held_range WHERE batch_id = :batch"
                              " AND file_number = :number ORDER BY begin_byte LIMIT :limit",
                              file.batch_id, file.number, limit);
}

}  // namespace lakegate::ledger
