// TableCheck: one table against the active batches of its dataset.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/inspection.h"
#include "model/table_state.h"
#include "verify/inspector.h"
#include "verify/snapshot_reader.h"

namespace lakegate::verify {

class TableCheck {
 public:
  TableCheck(Inspector& inspector, TableState table, OrgNumber org);

  Status run();

 private:
  struct Expected {
    ledger::ExpectedFile file;
    int64_t seen = 0;
  };
  struct Totals {
    int64_t files = 0;
    int64_t rows = 0;
  };

  Status load_expected();
  void check_current();
  void check_list(const Snapshot& current, const std::vector<ListedManifest>& manifests);
  void check_file(const ListedFile& listed);
  void check_missing();
  Status check_older(const Snapshot& snapshot);
  Result<bool> is_live(uint32_t file);
  void check_summary(const Snapshot& snapshot, const Totals& totals);
  Status check_metadata_file();
  void check_metadata(const ObjectKey& object, std::string_view text);
  std::string name(const Snapshot& snapshot) const;

  Inspector& inspector_;
  const TableState table_;
  SnapshotReader reader_;
  std::unordered_map<ObjectKey, Expected> expected_;
  std::vector<char> live_;         // by file number: 0 not asked yet, 1 live, 2 not
  std::vector<uint32_t> seen_in_;  // by file number: the last snapshot, counted from 1, that had it
  uint32_t snapshot_number_ = 0;
};

}  // namespace lakegate::verify
