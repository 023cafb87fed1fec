// What the checks of a folder share.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/ledger.h"
#include "objects/object_store.h"
#include "verify/finding.h"

namespace lakegate::verify {

// Called now and then: how much of the present check is done. `total` 0: nobody knows.
using OnProgress = std::function<void(std::string_view check, int64_t done, int64_t total)>;

// What was looked at.
struct Checked {
  int64_t batches = 0;
  int64_t objects = 0;
  int64_t bytes_hashed = 0;
  int64_t tables = 0;
  int64_t snapshots = 0;
  int64_t data_files = 0;  // of current snapshots
  int64_t rows = 0;        // of those
  int64_t condemned = 0;   // objects that wait for the end of their grace
};

struct Inspector {
  Ledger& ledger;
  ObjectStore& objects;
  bool quick = false;   // no hashes, no footers, only current snapshots
  bool repair = false;  // of leftovers
  OnProgress on_progress = {};
  bool moved = false;  // the tables' files name another place than the store's, and the ledger says which
  Findings findings = {};
  Checked checked = {};

  void find(const FindingKind& kind, std::string where, std::string found, std::string expected,
            bool repaired = false) {
    findings.add({.kind = kind,
                  .where = std::move(where),
                  .found = std::move(found),
                  .expected = std::move(expected),
                  .repaired = repaired});
  }
  void progress(std::string_view check, int64_t done, int64_t total) const {
    if (on_progress) on_progress(check, done, total);
  }
};

// Each is a file of its own. An Error: the check could not go on, e.g. because the ledger cannot be read.

// The ledger's file and the rules among its rows.
Status check_ledger(Inspector& inspector);
// Every object against what the ledger says of its bytes.
Status check_objects(Inspector& inspector);
// Snapshots, manifests, metadata files against active batches.
Status check_tables(Inspector& inspector);
// What is on disk and not in the ledger.
Status check_orphans(Inspector& inspector);

}  // namespace lakegate::verify
