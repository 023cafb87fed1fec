// Sight: what one request may find. A scope (org and sandbox) narrowed to the datasets that its key may see, together
// with the right that its route asks for.
//
// Every ledger query that finds batches or datasets, or anything that belongs to one, for a client takes a Sight and
// honours it; a Scope alone cannot be given to it. What is not seen is answered as if it did not exist. What is seen
// without the right is `right_missing_on_dataset`. A query of what belongs to the sandbox as a whole (schemas, answers
// kept under a key) takes the Scope, which a Sight is.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/ids.h"
#include "model/right.h"

namespace lakegate {

// What one key may do in one sandbox. Immutable.
class SandboxRights {
 public:
  SandboxRights(Rights everywhere, std::map<DatasetId, Rights> datasets);

  // On every dataset of the sandbox, those to come too.
  Rights everywhere() const { return everywhere_; }
  Rights on(const DatasetId& dataset) const;
  // On one dataset at least.
  bool somewhere(Right right) const;
  // The datasets with that right besides, ascending. Of use where `everywhere` lacks it.
  std::span<const DatasetId> datasets_with(Right right) const { return lists_[static_cast<size_t>(right)]; }
  // The same as a JSON array, for SQL.
  const std::string& datasets_json(Right right) const { return json_[static_cast<size_t>(right)]; }

 private:
  Rights everywhere_;
  std::map<DatasetId, Rights> datasets_;
  Rights somewhere_;
  std::array<std::vector<DatasetId>, all_rights.size()> lists_;
  std::array<std::string, all_rights.size()> json_;
};

class Sight : public Scope {
 public:
  Sight() = default;
  // `rights` null: all of them on all datasets.
  Sight(const Scope& scope, Right wanted, std::shared_ptr<const SandboxRights> rights = nullptr)
      : Scope(scope), wanted_(wanted), rights_(std::move(rights)) {}

  // Of the server itself, whose work no key limits. Not for `api/`: tests/architecture looks.
  static Sight whole(const Scope& scope) { return {scope, Right::manage}; }

  Right wanted() const { return wanted_; }
  // The same key, for something that asks for another right.
  Sight with(Right wanted) const { return {*this, wanted, rights_}; }

  // Whether the dataset, or what belongs to it, exists for the key: it has any right on it.
  bool sees(const DatasetId& dataset) const { return rights_ == nullptr || !rights_->on(dataset).empty(); }
  // Of one that is seen: `right_missing_on_dataset`.
  Status check(const DatasetId& dataset) const;
  // `right_missing`: the key lacks the right on the sandbox as a whole, datasets to come included.
  Status check_everywhere() const;

  // Whether lists must leave datasets out, and then: those that they show.
  bool is_narrow() const { return rights_ != nullptr && !rights_->everywhere().has(wanted_); }
  std::span<const DatasetId> listed() const { return rights_->datasets_with(wanted_); }
  const std::string& listed_json() const { return rights_->datasets_json(wanted_); }

 private:
  Right wanted_ = Right::manage;
  std::shared_ptr<const SandboxRights> rights_;
};

}  // namespace lakegate
