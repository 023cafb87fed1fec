#include "api/sandbox_json.h"

#include <fmt/chrono.h>

#include <ctime>

#include "auth/enrolment.h"

namespace lakegate::api {
namespace {

// "2019-09-04 04:57:24", UTC.
std::string date_text(Millis at) {
  const auto seconds = static_cast<std::time_t>(at / 1000);
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(seconds));
}

bool is_default(const ledger::Sandbox& sandbox) { return sandbox.name == auth::production_sandbox; }

std::string user_or_server(const std::string& user) { return user.empty() ? "server" : user; }

}  // namespace

boost::json::object sandbox_json(const ledger::Sandbox& sandbox) {
  return {{"name", sandbox.name},
          {"title", sandbox.title},
          {"type", sandbox.type},
          {"id", sandbox.id},
          {"isDefault", is_default(sandbox)},
          {"version", sandbox.version},
          {"created", sandbox.created},
          {"createdUser", user_or_server(sandbox.created_user)},
          {"updated", sandbox.updated},
          {"updatedUser", user_or_server(sandbox.updated_user)}};
}

boost::json::object platform_sandbox_json(const ledger::Sandbox& sandbox, std::string_view state) {
  return {{"id", sandbox.id},
          {"name", sandbox.name},
          {"title", sandbox.title},
          {"state", state},
          {"type", sandbox.type},
          {"region", "local"},
          {"isDefault", is_default(sandbox)},
          {"eTag", sandbox.version},
          {"createdDate", date_text(sandbox.created)},
          {"lastModifiedDate", date_text(sandbox.updated)},
          {"createdBy", user_or_server(sandbox.created_user)},
          {"modifiedBy", user_or_server(sandbox.updated_user)}};
}

}  // namespace lakegate::api
