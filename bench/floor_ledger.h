// FloorLedger: the rows of small batches in SQLite, durable when a call returns (write-ahead log, synchronous=FULL),
// callers of the same moment in one commit.
//
// Rows a batch, as counted in a ledger of Lakegate after 400 batches, with texts as long as there: batch 1 (308 bytes),
// event 5 (115), batch_history 4 (86), object 1 (131), batch_file 1 (77), verdict 1 (3,172, the report on 27 columns),
// data_file 1 (26), batch_snapshot 1 (71); a round: object 2, table_snapshot 1 (473), table_manifest 1 (74), retired 1
// (33). Changed in place: the batch (with the PUT, with COMPLETE, with the round), the dataset's event counter, the
// table.
//
// Each table has its primary key, and `object` its unique key, as without them nothing could be found again. The
// ledger's other indexes serve its lists and its own threads; they are not part of a floor.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>

#include "leader.h"

namespace lakegate::bench {

class FloorLedger {
 public:
  explicit FloorLedger(const std::string& folder);
  ~FloorLedger();
  FloorLedger(const FloorLedger&) = delete;
  FloorLedger& operator=(const FloorLedger&) = delete;

  // Each is one commit, shared with whoever calls at the same time. Thread-safe; throws std::runtime_error.
  void create(int64_t batch);                                      // answer of POST /batches
  void name_file(int64_t batch);                                   // answer of PUT
  void complete(int64_t batch);                                    // answer of COMPLETE; the verdict is in it
  void publish(int64_t round, std::span<int64_t* const> batches);  // active

 private:
  using Change = std::function<void()>;
  sqlite3_stmt* prepared(const char* sql);
  void run(const char* sql, std::initializer_list<int64_t> numbers, std::string_view text = {});
  void add_event(int64_t batch);
  void add_history(int64_t batch, int64_t number);
  void commit(std::span<Change* const> changes);
  void write(Change change);

  sqlite3* database_ = nullptr;
  std::map<const char*, sqlite3_stmt*> statements_;
  const std::string filler_ = std::string(4096, 'x');
  int64_t next_event_ = 0;
  Leader<Change> leader_;
};

}  // namespace lakegate::bench
