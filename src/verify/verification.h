// Verification: ledger, objects and tables of a stopped folder against each other. DESIGN.md beside this file says what
// and why; docs/verify.md explains each finding.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "verify/inspector.h"

namespace lakegate::verify {

struct VerifyOptions {
  std::filesystem::path folder;
  bool quick = false;   // neither contents nor footers nor older snapshots
  bool repair = false;  // removes leftovers
  OnProgress on_progress = {};
};

struct VerifyReport {
  Findings findings;
  Checked checked;
  bool is_sound() const { return findings.damage_count() == 0; }
};

// Takes the folder's lock while it runs; blocks for as long as it takes to read all. Writes nothing but what opening a
// ledger writes (migrations), unless it repairs. It repairs nothing where it found damage.
// `conflict`: a server or another verify has the folder. `not_found`: there is no ledger in it. `corrupt` and others:
// the ledger cannot be opened or read at all.
Result<VerifyReport> verify(const VerifyOptions& options);

}  // namespace lakegate::verify
