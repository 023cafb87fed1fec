// Inspection: the ledger read through as a whole, for `lakegate verify` and for the comparison with the store after an
// unclean stop. Only reads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/objects.h"
#include "ledger/transaction.h"

namespace lakegate::ledger {

// What SQLite says is wrong with the file and its references, a sentence each; empty: nothing.
Result<std::vector<std::string>> find_file_damage(ReadTx& tx, int64_t limit);
Result<std::vector<std::string>> find_dangling_references(ReadTx& tx, int64_t limit);

// A rule that the rows of the ledger keep among each other and that no constraint of SQL can say.
struct Rule {
  std::string_view id;        // in docs/verify.md
  std::string_view expected;  // what holds everywhere else
  std::string_view sql;       // rows (where, found) that break it; ends with LIMIT :limit
};
std::span<const Rule> rules();

struct RuleBreak {
  std::string where;  // batch, object, dataset
  std::string found;
};
Result<std::vector<RuleBreak>> find_breaks(ReadTx& tx, const Rule& rule, int64_t limit);

// An object and all that the ledger says of its bytes.
struct InspectedObject {
  int64_t number = 0;
  ObjectKey key = {};
  DatasetId dataset_id = {};
  ObjectState state = ObjectState::writing;
  std::optional<Millis> due = {};  // of a condemned one

  // Of a batch's file
  bool is_file = false;
  BatchId batch_id = {};
  std::string path = {};
  bool complete = false;
  int64_t sent_bytes = 0;
  std::string sha256 = {};
  int64_t held_end = 0;  // one behind the last byte held

  std::optional<std::string> report = {};      // JSON of its verdict
  std::optional<int64_t> table_bytes = {};     // of a data file…
  std::optional<int64_t> record_count = {};    // … and its rows
  std::optional<int64_t> manifest_bytes = {};  // of a manifest of a current snapshot

  // What is on disk at least.
  int64_t least_bytes() const;
};
// Ascending number.
Result<std::vector<InspectedObject>> inspect_objects(ReadTx& tx, int64_t after_number, int64_t limit);

Result<int64_t> count_batches(ReadTx& tx);

struct ObjectTotals {
  int64_t object_count = 0;
  int64_t sent_bytes = 0;  // of complete files whose bytes are there
};
Result<ObjectTotals> count_objects(ReadTx& tx);

// Whether a server ran on this ledger at that time, in an epoch before `epoch`, and went on afterwards, as far as its
// stops and events tell. Otherwise an object of that time that the ledger does not know may be one that a newer copy of
// the ledger knows: somebody put an older one in its place.
Result<bool> was_running(ReadTx& tx, Millis at, int64_t epoch);

// Living datasets with a table, ascending id.
Result<std::vector<DatasetId>> datasets_with_tables(ReadTx& tx, const DatasetId& after, int64_t limit);

// A data file that readers of a table must find.
struct ExpectedFile {
  ObjectKey object = {};
  BatchId batch_id = {};
  int64_t file_number = 0;
  int64_t record_count = 0;
  int64_t table_bytes = 0;
  ObjectState state = ObjectState::live;
  int64_t snapshot_id = 0;  // that brought it
  int64_t sequence_number = 0;
};
// Those with rows, of active batches; ascending (batch, number) behind those given, empty and 0 for the first page.
Result<std::vector<ExpectedFile>> expected_files(ReadTx& tx, const DatasetId& dataset, const BatchId& after_batch,
                                                 int64_t after_number, int64_t limit);

}  // namespace lakegate::ledger
