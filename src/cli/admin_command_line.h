// The part of the command line that is about /admin.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "cli/admin_commands.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace lakegate::cli {

// What the parser fills; lives as long as the commands that look at it.
struct AdminOptions {
  OrgOptions org;
  SandboxOptions sandbox;
  KeyOptions key;
  QuotaOptions quota;
  AuditFilter audit;
  std::string subject;  // an org's id, a sandbox's name, a key
};

// Adds a command of the client to a group, with the options that all of those have.
using AddClientCommand = std::function<CLI::App*(CLI::App& group, const char* name, const char* what,
                                                 std::function<Result<ExitStatus>()> run)>;

// References outlive the app.
void add_admin_commands(CLI::App& app, AdminOptions& options, const CommonOptions& common, const AddClientCommand& add);

}  // namespace lakegate::cli
