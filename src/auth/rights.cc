#include "auth/rights.h"

#include <fmt/core.h>

#include <algorithm>

namespace lakegate::auth {
namespace {

std::string_view to_string(Reach reach) {
  switch (reach) {
    case Reach::dataset: return "dataset";
    case Reach::sandbox: return "sandbox";
    case Reach::org: return "org";
    case Reach::server: return "server";
  }
  return "dataset";
}

// Of those grants that hold in the sandbox; none: of those that hold in every one.
std::shared_ptr<const SandboxRights> add_up(const std::vector<Grant>& grants, std::optional<SandboxNumber> sandbox) {
  Rights everywhere;
  std::map<DatasetId, Rights> datasets;
  for (const Grant& grant : grants) {
    if (grant.sandbox && grant.sandbox != sandbox) continue;
    if (!grant.datasets) {
      everywhere = everywhere | grant.rights;
      continue;
    }
    for (const DatasetId& id : *grant.datasets) datasets[id] = datasets[id] | grant.rights;
  }
  if (everywhere == Rights::all()) return nullptr;
  return std::make_shared<const SandboxRights>(everywhere, std::move(datasets));
}

}  // namespace

std::string to_string(const Need& need) {
  if (need.reach == Reach::dataset) return std::string(lakegate::to_string(need.right));
  return fmt::format("{}/{}", lakegate::to_string(need.right), to_string(need.reach));
}

Grants::Grants(const std::vector<Grant>& grants) {
  Parts parts;
  for (const Grant& grant : grants) {
    const bool is_empty = grant.datasets && grant.datasets->empty();
    if (!is_empty) parts.anywhere = parts.anywhere | grant.rights;
    if (!grant.sandbox && !grant.datasets) parts.on_all = parts.on_all | grant.rights;
    if (grant.sandbox) parts.sandboxes.try_emplace(*grant.sandbox, add_up(grants, grant.sandbox));
  }
  parts.others = add_up(grants, std::nullopt);
  parts_ = std::make_shared<const Parts>(std::move(parts));
}

std::shared_ptr<const SandboxRights> Grants::in(SandboxNumber sandbox) const {
  if (parts_ == nullptr) return nullptr;
  const auto found = parts_->sandboxes.find(sandbox);
  return found == parts_->sandboxes.end() ? parts_->others : found->second;
}

bool Grants::sees(SandboxNumber sandbox) const {
  return std::ranges::any_of(all_rights, [&](const Right right) { return somewhere(sandbox, right); });
}

bool Grants::somewhere(SandboxNumber sandbox, Right right) const {
  const auto rights = in(sandbox);
  return rights == nullptr || rights->somewhere(right);
}

bool Grants::on_all(Right right) const { return parts_ == nullptr || parts_->on_all.has(right); }

bool Grants::anywhere(Right right) const { return parts_ == nullptr || parts_->anywhere.has(right); }

}  // namespace lakegate::auth
