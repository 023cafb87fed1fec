#include "xdm/field_facts.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "xdm/case_fold.h"

namespace lakegate::xdm {
namespace {

std::string escape(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string_view parent_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string taken_key(std::string_view parent, std::string_view table_name) {
  return std::string(parent) + "/" + escape(fold_case(table_name));
}

}  // namespace

std::string child_path(std::string_view parent, std::string_view name) {
  return parent.empty() ? escape(name) : std::string(parent) + "/" + escape(name);
}

FieldFacts::FieldFacts(std::vector<FieldFact> known) : facts_(std::move(known)), known_count_(facts_.size()) {
  for (size_t at = 0; at < facts_.size(); ++at) {
    const FieldFact& fact = facts_[at];
    last_field_id_ = std::max(last_field_id_, fact.field_id);
    by_path_.emplace(fact.path, at);
    taken_.insert(taken_key(parent_of(fact.path), fact.table_name));
  }
}

FieldFact FieldFacts::of(std::string_view parent, std::string_view name) {
  std::string path = child_path(parent, name);
  if (const auto known = by_path_.find(path); known != by_path_.end()) return facts_[known->second];

  std::string table_name(name);
  for (int suffix = 1; !taken_.insert(taken_key(parent, table_name)).second; ++suffix) {
    table_name = std::string(name) + "_" + std::to_string(suffix);
  }
  by_path_.emplace(path, facts_.size());
  facts_.push_back({std::move(path), ++last_field_id_, std::move(table_name)});
  return facts_.back();
}

}  // namespace lakegate::xdm
