#include "verify/verification.h"

#include <chrono>
#include <utility>

#include "base/error_codes.h"
#include "objects/data_folder.h"
#include "objects/local_store.h"
#include "verify/finding_kinds.h"

namespace lakegate::verify {
namespace {

// Questions over all rows take their time, and nobody waits behind them.
LedgerOptions patient() {
  LedgerOptions options;
  options.read_time_max = std::chrono::hours(24);
  return options;
}

Status check_all(Inspector& inspector) {
  LG_TRY(check_ledger(inspector));
  if (inspector.findings.count(kinds::ledger_damaged.id) > 0) return {};
  LG_TRY(check_tables(inspector));
  LG_TRY(check_objects(inspector));
  return check_orphans(inspector);
}

// A second pass, once the first has looked at everything and found no damage: where the ledger is wrong about an
// object, what seems to be left over may be all that there is.
Status remove_leftovers(Inspector& inspector) {
  inspector.findings = {};
  inspector.quick = true;
  inspector.repair = true;
  const Checked checked = inspector.checked;
  LG_TRY(check_tables(inspector));
  LG_TRY(check_objects(inspector));
  LG_TRY(check_orphans(inspector));
  inspector.checked = checked;
  return {};
}

// SQLite came upon it on its way: there is nothing to ask it any more.
VerifyReport unreadable_ledger(const Error& error) {
  VerifyReport report;
  report.findings.add({kinds::ledger_damaged, "ledger.db", error.message, "no damage"});
  return report;
}

}  // namespace

Result<VerifyReport> verify(const VerifyOptions& options) {
  if (!std::filesystem::exists(options.folder / "ledger.db")) {
    return fail(codes::not_found, "There is no ledger in {}: name a folder that a server ran on.",
                options.folder.string());
  }
  LG_ASSIGN(const DataFolder folder, DataFolder::open(options.folder));
  auto ledger = Ledger::open(folder.ledger_file(), patient());
  if (!ledger && ledger.error().kind() == ErrorKind::corrupt) return unreadable_ledger(ledger.error());
  if (!ledger) return std::unexpected(ledger.error());
  LG_ASSIGN(const auto objects, open_local_store(folder.objects_folder()));
  Inspector inspector{
      .ledger = **ledger, .objects = *objects, .quick = options.quick, .on_progress = options.on_progress};
  const Status checked = check_all(inspector);
  if (!checked && checked.error().kind() == ErrorKind::corrupt) return unreadable_ledger(checked.error());
  LG_TRY(checked);
  if (options.repair && inspector.findings.damage_count() == 0 && inspector.findings.leftover_count() > 0) {
    LG_TRY(remove_leftovers(inspector));
  }
  return VerifyReport{.findings = std::move(inspector.findings), .checked = inspector.checked};
}

}  // namespace lakegate::verify
