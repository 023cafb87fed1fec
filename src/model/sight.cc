#include "model/sight.h"

#include <utility>

#include "model/error_codes.h"

namespace lakegate {

SandboxRights::SandboxRights(Rights everywhere, std::map<DatasetId, Rights> datasets)
    : everywhere_(everywhere), datasets_(std::move(datasets)), somewhere_(everywhere) {
  for (const auto& [dataset, rights] : datasets_) {
    somewhere_ = somewhere_ | rights;
    for (const Right right : all_rights) {
      if (rights.has(right)) lists_[static_cast<size_t>(right)].push_back(dataset);
    }
  }
  for (const Right right : all_rights) {
    std::string& json = json_[static_cast<size_t>(right)];
    // Ids are hexadecimal digits: nothing to escape.
    for (const DatasetId& id : datasets_with(right)) json += fmt::format("{}\"{}\"", json.empty() ? "[" : ",", id);
    json += json.empty() ? "[]" : "]";
  }
}

Rights SandboxRights::on(const DatasetId& dataset) const {
  const auto found = datasets_.find(dataset);
  return found == datasets_.end() ? everywhere_ : everywhere_ | found->second;
}

bool SandboxRights::somewhere(Right right) const { return somewhere_.has(right); }

Status Sight::check(const DatasetId& dataset) const {
  if (rights_ == nullptr || rights_->on(dataset).has(wanted_)) return {};
  return fail(codes::right_missing_on_dataset, "The key has no right \"{}\" on dataset {}.", to_string(wanted_),
              dataset);
}

Status Sight::check_everywhere() const {
  if (rights_ == nullptr || rights_->everywhere().has(wanted_)) return {};
  return fail(codes::right_missing, "The key has no right \"{}\" on all datasets of the sandbox.", to_string(wanted_));
}

}  // namespace lakegate
