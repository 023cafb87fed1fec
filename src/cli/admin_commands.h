// Commands of /admin: orgs, sandboxes, API keys, quotas, the audit trail.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/commands.h"

namespace lakegate::cli {

// Its credentials file is printed, so that `> credentials.json` keeps it, or written to `out`.
struct OrgOptions {
  std::string name;
  std::string tenant;
  std::string org;
  std::string out;
  bool force = false;
};
Result<ExitStatus> create_org(const CommonOptions& common, const OrgOptions& wanted);
Result<ExitStatus> list_orgs(const CommonOptions& common);
Result<ExitStatus> show_org(const CommonOptions& common, const std::string& org);
Result<ExitStatus> rename_org(const CommonOptions& common, const std::string& org, const std::string& name);
// `action`: disable or enable.
Result<ExitStatus> act_on_org(const CommonOptions& common, const std::string& org, const std::string& action);
Result<ExitStatus> delete_org(const CommonOptions& common, const std::string& org, bool force);

struct SandboxOptions {
  std::string name;
  std::string title;
  std::string type = "development";
};
Result<ExitStatus> create_sandbox(const CommonOptions& common, const SandboxOptions& wanted);
Result<ExitStatus> list_sandboxes(const CommonOptions& common);
Result<ExitStatus> show_sandbox(const CommonOptions& common, const std::string& name);
Result<ExitStatus> delete_sandbox(const CommonOptions& common, const std::string& name);

struct KeyOptions {
  std::string name;
  std::vector<std::string> grants;  // as parse_grant reads them; none: no restriction
  bool unrestricted = false;        // of a key that had grants
  std::string out;                  // file for the credentials; empty: they are printed
  int64_t overlap_seconds = 0;
  bool revoke_tokens = false;
};
Result<ExitStatus> create_key(const CommonOptions& common, const KeyOptions& wanted);
Result<ExitStatus> list_keys(const CommonOptions& common);
Result<ExitStatus> show_key(const CommonOptions& common, const std::string& key);
Result<ExitStatus> change_key(const CommonOptions& common, const std::string& key, const KeyOptions& wanted);
Result<ExitStatus> rotate_key(const CommonOptions& common, const std::string& key, const KeyOptions& wanted);
// `action`: revoke or enable.
Result<ExitStatus> act_on_key(const CommonOptions& common, const std::string& key, const std::string& action);
Result<ExitStatus> delete_key(const CommonOptions& common, const std::string& key);

struct QuotaOptions {
  std::string org;      // empty: the own one
  std::string sandbox;  // empty: the org as a whole
  std::optional<int64_t> stored_bytes;
  std::optional<int64_t> batches;
  std::optional<int64_t> batches_per_day;
  std::optional<int64_t> open_uploads;
};
Result<ExitStatus> show_quotas(const CommonOptions& common, const QuotaOptions& wanted);
// In place of the one before: what is not given has no limit.
Result<ExitStatus> set_quota(const CommonOptions& common, const QuotaOptions& wanted);
Result<ExitStatus> clear_quota(const CommonOptions& common, const QuotaOptions& wanted);

struct AuditFilter {
  std::string org;  // empty: the own one
  std::string subject;
  std::string actor;
  std::string action;                    // what it begins with
  std::optional<int64_t> since_seconds;  // ago
  std::optional<int64_t> until_seconds;
  int64_t limit = 100;
};
Result<ExitStatus> list_audit(const CommonOptions& common, const AuditFilter& filter);

}  // namespace lakegate::cli
