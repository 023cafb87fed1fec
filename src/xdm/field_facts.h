// FieldFacts: which field id and table name each path of a dataset has. Append-only: a fact once allotted is never
// changed or taken back, whatever happens to the schema. The ledger keeps them; this holds them in memory while a
// schema is mapped.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/field_fact.h"

namespace lakegate::xdm {

// A fact's path: the names joined by '/', '~' and '/' within a name written ~0 and ~1; "element", "key" and "value"
// below lists and maps.
std::string child_path(std::string_view parent, std::string_view name);

class FieldFacts {
 public:
  FieldFacts() = default;
  explicit FieldFacts(std::vector<FieldFact> known);

  // The fact of `name` below `parent` ("" = the root), allotted now when there was none: the next free id, and the name
  // itself or, where a sibling has it in another letter case, the name with the first free suffix _1, _2, …
  FieldFact of(std::string_view parent, std::string_view name);

  // Those allotted since construction, ascending id: what the ledger has to add.
  std::span<const FieldFact> added() const { return std::span(facts_).subspan(known_count_); }
  int32_t last_field_id() const { return last_field_id_; }

 private:
  std::vector<FieldFact> facts_;
  size_t known_count_ = 0;
  int32_t last_field_id_ = 0;
  std::map<std::string, size_t, std::less<>> by_path_;
  std::set<std::string> taken_;  // parent path, slash, folded table name
};

}  // namespace lakegate::xdm
