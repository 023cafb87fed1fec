// The rules that no constraint of SQL can say, each as the question who breaks it.
#include <string>

#include "ledger/inspection.h"
#include "model/batch_status.h"

namespace lakegate::ledger {
namespace {

// Moves that the state machine knows, as rows of a VALUES.
std::string known_moves() {
  std::string values;
  for (const BatchStatus from : all_batch_statuses) {
    for (const BatchEvent event : all_batch_events) {
      const auto to = next_status(from, event);
      if (!to) continue;
      values += fmt::format("{}('{}', '{}', '{}')", values.empty() ? "" : ", ", to_string(from), to_string(event),
                            to_string(*to));
    }
  }
  return values;
}

const std::string& unknown_moves_sql() {
  static const std::string sql =
      "SELECT batch_id, from_status || ' to ' || to_status || ' by ' || event FROM batch_history"
      " WHERE (from_status, event, to_status) NOT IN (VALUES " +
      known_moves() + ") LIMIT :limit";
  return sql;
}

const std::vector<Rule>& all_rules() {
  static const std::vector<Rule> all = {
      {"batch-active-without-snapshot", "the snapshot that brought its rows",
       "SELECT b.id, CASE WHEN s.batch_id IS NULL THEN 'active without one'"
       " ELSE 'two that differ, ' || coalesce(b.snapshot_id, 'none') || ' and ' || s.snapshot_id END FROM batch b"
       " LEFT JOIN batch_snapshot s ON s.batch_id = b.id WHERE b.status = 'active'"
       " AND (s.batch_id IS NULL OR b.snapshot_id IS NULL OR s.snapshot_id <> b.snapshot_id) LIMIT :limit"},
      {"batch-snapshot-without-active", "no snapshot: its rows never were in the table",
       "SELECT b.id, b.status || ', with snapshot ' || coalesce(b.snapshot_id, s.snapshot_id) FROM batch b"
       " LEFT JOIN batch_snapshot s ON s.batch_id = b.id WHERE b.status NOT IN ('active', 'inactive', 'deleted')"
       " AND (b.snapshot_id IS NOT NULL OR s.batch_id IS NOT NULL) LIMIT :limit"},
      {"batch-failed-without-error", "at least one error",
       "SELECT id, 'failed, without an error' FROM batch WHERE status = 'failed'"
       " AND NOT EXISTS (SELECT 1 FROM batch_error e WHERE e.batch_id = batch.id) LIMIT :limit"},
      {"batch-history-end", "a history that leads to its state",
       "SELECT id, status || ', and its history ends in ' || coalesce((SELECT h.to_status FROM batch_history h"
       " WHERE h.batch_id = batch.id ORDER BY h.number DESC LIMIT 1), 'loading') FROM batch WHERE has_history = 1"
       " AND status <> coalesce((SELECT h.to_status FROM batch_history h WHERE h.batch_id = batch.id"
       " ORDER BY h.number DESC LIMIT 1), 'loading') LIMIT :limit"},
      {"batch-history-gap", "each move begins where the one before ended, the first in loading",
       "SELECT h.batch_id, 'move ' || h.number || ' begins in ' || h.from_status FROM batch_history h"
       " LEFT JOIN batch_history p ON p.batch_id = h.batch_id AND p.number = h.number - 1"
       " WHERE h.from_status <> coalesce(p.to_status, 'loading') LIMIT :limit"},
      {"batch-move-unknown", "a move that the states allow", unknown_moves_sql()},
      {"batch-file-count", "as many files and bytes as the batch says",
       "SELECT b.id, count(f.number) || ' files of ' || coalesce(sum(f.sent_bytes), 0) || ' bytes, where it says '"
       " || b.file_count || ' of ' || b.size_bytes FROM batch b"
       " LEFT JOIN batch_file f ON f.batch_id = b.id AND f.complete = 1 GROUP BY b.id"
       " HAVING count(f.number) <> b.file_count OR coalesce(sum(f.sent_bytes), 0) <> b.size_bytes LIMIT :limit"},
      {"batch-open-file-count", "as many open files as the batch says, and none once it is complete",
       "SELECT b.id, b.status || ', ' || count(f.number) || ' open files, where it says ' || b.open_file_count"
       " FROM batch b LEFT JOIN batch_file f ON f.batch_id = b.id AND f.complete = 0 GROUP BY b.id"
       " HAVING count(f.number) <> b.open_file_count"
       " OR (count(f.number) > 0 AND b.status IN ('loaded', 'staging', 'staged', 'active', 'inactive')) LIMIT :limit"},
      {"batch-verdict-count", "as many verdicts and judged rows as the batch says",
       "SELECT b.id, sum(coalesce(v.verdict = 'good', 0)) || ' good and ' || sum(coalesce(v.verdict = 'bad', 0))"
       " || ' bad files, where it says ' || b.good_file_count || ' and ' || b.bad_file_count FROM batch b"
       " LEFT JOIN batch_file f ON f.batch_id = b.id LEFT JOIN verdict v ON v.object = f.object"
       " WHERE b.status IN ('loading', 'loaded', 'staging', 'staged', 'active') GROUP BY b.id"
       " HAVING sum(coalesce(v.verdict = 'good', 0)) <> b.good_file_count"
       " OR sum(coalesce(v.verdict = 'bad', 0)) <> b.bad_file_count"
       " OR coalesce(sum(CASE WHEN v.verdict = 'good' THEN v.record_count END), 0) <> b.good_record_count LIMIT "
       ":limit"},
      {"batch-unjudged", "a good verdict on each of its files",
       "SELECT b.id, b.status || ', and file ' || f.path || ' has ' || CASE WHEN v.object IS NULL THEN 'no verdict'"
       " ELSE 'a bad one' END FROM batch b JOIN batch_file f ON f.batch_id = b.id"
       " LEFT JOIN verdict v ON v.object = f.object LEFT JOIN data_file d ON d.object = f.object"
       " WHERE b.status IN ('staged', 'active') AND (d.object IS NULL OR v.verdict <> 'good') LIMIT :limit"},
      {"conservation-file", "rows accepted are rows loaded plus rows rejected",
       "SELECT o.key, v.record_count || ' rows accepted, ' || coalesce(d.record_count, 0) || ' loaded, '"
       " || CASE WHEN v.verdict = 'good' THEN v.failed_record_count ELSE v.record_count END || ' rejected'"
       " FROM verdict v JOIN object o ON o.number = v.object LEFT JOIN data_file d ON d.object = v.object"
       " WHERE (v.verdict = 'good' AND (d.object IS NULL OR d.record_count <> v.record_count"
       " OR v.failed_record_count <> 0)) OR (v.verdict = 'bad' AND d.object IS NOT NULL) LIMIT :limit"},
      // Of others the verdicts go with the objects.
      {"conservation-batch", "rows accepted are rows loaded plus rows rejected",
       "SELECT b.id, coalesce(sum(v.record_count), 0) || ' rows accepted, ' || b.record_count || ' loaded, '"
       " || b.failed_record_count || ' rejected' FROM batch b LEFT JOIN batch_file f ON f.batch_id = b.id"
       " LEFT JOIN verdict v ON v.object = f.object WHERE b.status IN ('staged', 'active') GROUP BY b.id"
       " HAVING coalesce(sum(v.record_count), 0) <> b.record_count + b.failed_record_count LIMIT :limit"},
      {"conservation-failed-batch", "no row of a failed batch is loaded, all that were judged are rejected",
       "SELECT b.id, b.good_record_count + b.bad_record_count || ' rows judged, ' || b.record_count || ' loaded, '"
       " || b.failed_record_count || ' rejected' FROM batch b WHERE b.status = 'failed' AND (b.record_count <> 0"
       " OR (b.failed_record_count <> 0 AND b.failed_record_count <> b.good_record_count + b.bad_record_count))"
       " LIMIT :limit"},
      {"batch-objects-left", "no object: a batch that is deleted has none",
       "SELECT o.key, 'of batch ' || b.id || ', which is deleted' FROM object o JOIN batch b ON b.id = o.batch_id"
       " WHERE b.status = 'deleted' LIMIT :limit"},
      {"object-of-ended-batch", "condemned, since its batch came to nothing",
       "SELECT o.key, 'live, of batch ' || b.id || ', which is ' || b.status FROM object o"
       " JOIN batch b ON b.id = o.batch_id WHERE o.state = 'live' AND b.status IN ('failed', 'aborted', 'abandoned')"
       " LIMIT :limit"},
      {"object-condemned-in-use", "live, since it is in use",
       "SELECT o.key, o.state || ', and ' || CASE WHEN s.dataset_id IS NOT NULL THEN 'a snapshot''s manifest list'"
       " WHEN m.dataset_id IS NOT NULL THEN 'a manifest' WHEN t.dataset_id IS NOT NULL THEN 'the metadata file'"
       " ELSE 'a file of batch ' || b.id END FROM object o"
       " LEFT JOIN table_snapshot s ON s.manifest_list = o.number LEFT JOIN table_manifest m ON m.object = o.number"
       " LEFT JOIN iceberg_table t ON t.metadata_object = o.number LEFT JOIN batch_file f ON f.object = o.number"
       " LEFT JOIN batch b ON b.id = f.batch_id AND b.status IN ('loading', 'loaded', 'staging', 'staged', 'active')"
       " WHERE o.state <> 'live' AND (s.dataset_id IS NOT NULL OR m.dataset_id IS NOT NULL OR t.dataset_id IS NOT NULL"
       " OR b.id IS NOT NULL) LIMIT :limit"},
      {"object-unreferenced", "something that refers to it, or a date to go",
       "SELECT o.key, 'live, and nothing refers to it' FROM object o WHERE o.state = 'live'"
       " AND NOT EXISTS (SELECT 1 FROM batch_file f WHERE f.object = o.number)"
       " AND NOT EXISTS (SELECT 1 FROM table_snapshot s WHERE s.manifest_list = o.number)"
       " AND NOT EXISTS (SELECT 1 FROM table_manifest m WHERE m.object = o.number)"
       " AND NOT EXISTS (SELECT 1 FROM iceberg_table t WHERE t.metadata_object = o.number)"
       " AND NOT EXISTS (SELECT 1 FROM retired r WHERE r.object = o.number) LIMIT :limit"},
      {"object-shared", "one file of one batch",
       "SELECT o.key, count(*) || ' files' FROM batch_file f JOIN object o ON o.number = f.object GROUP BY o.number"
       " HAVING count(*) > 1 LIMIT :limit"},
      {"file-not-waiting", "its object in the line of those that wait for a verdict",
       "SELECT o.key, 'file ' || f.path || ' of batch ' || b.id || ' has no verdict and waits for none' FROM batch b"
       " JOIN batch_file f ON f.batch_id = b.id AND f.complete = 1 JOIN object o ON o.number = f.object"
       " LEFT JOIN verdict v ON v.object = o.number WHERE b.status IN ('loading', 'loaded', 'staging')"
       " AND v.object IS NULL AND o.awaits_verdict = 0 LIMIT :limit"},
      {"file-ranges",
       "as many ranges and bytes as the file says, none beyond its total, none twice, no gap before where it says",
       "SELECT f.batch_id || ' ' || f.path, count(h.begin_byte) || ' ranges of '"
       " || coalesce(sum(h.end_byte - h.begin_byte), 0) || ' bytes up to ' || coalesce(max(h.end_byte), 0)"
       " || ', where it says ' || f.range_count || ' of ' || f.held_bytes FROM batch_file f"
       " LEFT JOIN held_range h ON h.batch_id = f.batch_id AND h.file_number = f.number"
       " JOIN batch b ON b.id = f.batch_id AND b.status = 'loading' WHERE f.complete = 0"
       " GROUP BY f.batch_id, f.number HAVING count(h.begin_byte) <> f.range_count"
       " OR coalesce(sum(h.end_byte - h.begin_byte), 0) <> f.held_bytes"
       " OR coalesce(max(h.end_byte), 0) > coalesce(f.total_bytes, 0) AND f.range_count > 0"
       " OR coalesce(sum(CASE WHEN h.end_byte <= f.contiguous_bytes THEN h.end_byte - h.begin_byte END), 0)"
       "  <> f.contiguous_bytes LIMIT :limit"},
      {"usage-bytes", "the bytes of the sandbox's objects",
       "SELECT 'sandbox ' || number, counted || ' counted, ' || there || ' there' FROM (SELECT u.sandbox AS number,"
       " u.stored_bytes AS counted, coalesce((SELECT sum(o.counted_bytes + coalesce(f.held_bytes, 0)) FROM batch b"
       " JOIN object o ON o.batch_id = b.id LEFT JOIN batch_file f ON f.object = o.number AND f.complete = 0"
       " WHERE b.org = u.org AND b.sandbox = u.sandbox), 0) AS there FROM usage u)"
       " WHERE counted <> there LIMIT :limit"},
      {"usage-batches", "the sandbox's batches on their way, and those of its last day",
       "SELECT 'sandbox ' || number, batches || ' and ' || of_day || ' counted, ' || living || ' and ' || created"
       " || ' there' FROM (SELECT u.sandbox AS number, u.batches, u.batches_of_day AS of_day,"
       " (SELECT count(*) FROM batch b WHERE b.sandbox = u.sandbox"
       "  AND b.status IN ('loading', 'loaded', 'staging', 'staged')) AS living,"
       " (SELECT count(*) FROM batch b WHERE b.org = u.org AND b.sandbox = u.sandbox"
       "  AND b.created >= u.day * 86400000 AND b.created < (u.day + 1) * 86400000) AS created FROM usage u)"
       " WHERE batches <> living OR of_day <> created LIMIT :limit"},
      {"usage-missing", "counters for each sandbox that a quota is about",
       "SELECT 'sandbox ' || s.number, 'none' FROM quota q JOIN sandbox s ON s.org = q.org"
       " AND (q.sandbox = 0 OR q.sandbox = s.number) WHERE s.number NOT IN (SELECT sandbox FROM usage) LIMIT :limit"},
      {"object-counted-bytes", "as many bytes counted as its complete file has",
       "SELECT o.key, o.counted_bytes || ' counted of ' || f.sent_bytes FROM batch_file f"
       " JOIN object o ON o.number = f.object WHERE f.complete = 1 AND o.counted_bytes <> f.sent_bytes LIMIT :limit"},
      {"table-pointer", "a last snapshot of the table's last sequence number",
       "SELECT t.dataset_id, 'sequence number ' || t.last_sequence_number || ', and its last snapshot has '"
       " || coalesce(max(s.sequence_number), 0) FROM iceberg_table t LEFT JOIN table_snapshot s"
       " ON s.dataset_id = t.dataset_id GROUP BY t.dataset_id"
       " HAVING coalesce(max(s.sequence_number), 0) <> t.last_sequence_number LIMIT :limit"},
  };
  return all;
}

}  // namespace

std::span<const Rule> rules() { return all_rules(); }

}  // namespace lakegate::ledger
