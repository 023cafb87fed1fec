#include "base/error_codes.h"
#include "ledger/inspection.h"
#include "verify/finding_kinds.h"
#include "verify/inspector.h"

namespace lakegate::verify {
namespace {

constexpr int64_t lines_max = 100;
// One more is counted than is shown, so that a report says that there are more.
constexpr int64_t breaks_max = 10'000;

FindingKind kind_of(const ledger::Rule& rule) {
  FindingKind kind = kinds::ledger_rule;
  kind.id = rule.id;
  return kind;
}

}  // namespace

Status check_ledger(Inspector& inspector) {
  const auto all = ledger::rules();
  const auto steps = static_cast<int64_t>(all.size()) + 2;
  inspector.progress("ledger", 0, steps);
  LG_ASSIGN(const auto damage,
            inspector.ledger.read([](ReadTx& tx) { return ledger::find_file_damage(tx, lines_max); }));
  for (const std::string& line : damage) inspector.find(kinds::ledger_damaged, "ledger.db", line, "no damage");
  if (!damage.empty()) return {};  // what rows say now means little

  inspector.progress("ledger", 1, steps);
  LG_ASSIGN(const auto dangling,
            inspector.ledger.read([](ReadTx& tx) { return ledger::find_dangling_references(tx, lines_max); }));
  for (const std::string& line : dangling) {
    inspector.find(kinds::ledger_reference, "ledger.db", line, "a row for each reference");
  }
  int64_t step = 2;
  for (const ledger::Rule& rule : all) {
    inspector.progress("ledger", step++, steps);
    LG_ASSIGN(const auto breaks,
              inspector.ledger.read([&](ReadTx& tx) { return ledger::find_breaks(tx, rule, breaks_max); }));
    for (const ledger::RuleBreak& one : breaks) {
      inspector.find(kind_of(rule), one.where, one.found, std::string(rule.expected));
    }
  }
  LG_ASSIGN(inspector.checked.batches, inspector.ledger.read([](ReadTx& tx) { return ledger::count_batches(tx); }));
  inspector.progress("ledger", steps, steps);
  return {};
}

}  // namespace lakegate::verify
