#include "verify/finding.h"

#include <utility>

namespace lakegate::verify {

void Findings::add(Finding finding) {
  ++(finding.kind.severity == Severity::damage ? damage_count_ : leftover_count_);
  if (finding.repaired) ++repaired_count_;
  if (++counts_[finding.kind.id] <= kept_per_kind_max) kept_.push_back(std::move(finding));
}

int64_t Findings::count(std::string_view kind) const {
  const auto found = counts_.find(kind);
  return found == counts_.end() ? 0 : found->second;
}

std::string_view to_string(Severity severity) { return severity == Severity::damage ? "damage" : "leftover"; }

}  // namespace lakegate::verify
