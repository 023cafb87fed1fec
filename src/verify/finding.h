// Finding: one thing that `verify` found to be otherwise than it must be.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lakegate::verify {

enum class Severity {
  damage,    // something that was answered for is lost, wrong or about to be; a person has to look
  leftover,  // bytes that nobody needs, as a crash leaves them
};

// docs/verify.md says of each what it means.
struct FindingKind {
  std::string_view id;
  Severity severity = Severity::damage;
  std::string_view remedy;  // what to do
};

struct Finding {
  FindingKind kind;
  std::string where;  // batch, object, dataset
  std::string found;
  std::string expected;
  bool repaired = false;
};

// All that were found: every one is counted, and the first `kept_per_kind_max` of a kind are kept.
class Findings {
 public:
  static constexpr int64_t kept_per_kind_max = 100;

  void add(Finding finding);

  int64_t damage_count() const { return damage_count_; }
  int64_t leftover_count() const { return leftover_count_; }
  int64_t repaired_count() const { return repaired_count_; }
  int64_t count(std::string_view kind) const;
  const std::vector<Finding>& kept() const { return kept_; }
  int64_t left_out() const { return damage_count_ + leftover_count_ - static_cast<int64_t>(kept_.size()); }

 private:
  int64_t damage_count_ = 0;
  int64_t leftover_count_ = 0;
  int64_t repaired_count_ = 0;
  std::map<std::string_view, int64_t> counts_;
  std::vector<Finding> kept_;
};

std::string_view to_string(Severity severity);

}  // namespace lakegate::verify
