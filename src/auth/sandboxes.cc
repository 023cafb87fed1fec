#include "auth/sandboxes.h"

#include <boost/json.hpp>

#include "auth/enrolment.h"
#include "auth/error_codes.h"
#include "auth/names.h"
#include "base/error_codes.h"
#include "ledger/sandbox_changes.h"
#include "ledger/subscriptions.h"

namespace lakegate::auth {
namespace {

namespace json = boost::json;

}  // namespace

Result<ledger::Sandbox> create_sandbox(Tx& tx, const Actor& by, const SandboxOrder& order, const std::string& id) {
  LG_TRY(check_sandbox_name(order.name));
  if (!order.title.empty()) LG_TRY(check_name("A sandbox's title", order.title));
  const std::string type = order.type.empty() ? "development" : order.type;
  if (type != "development" && type != "production") {
    return fail(codes::invalid_argument, "A sandbox has type \"development\" or \"production\", not \"{}\".", type);
  }
  LG_ASSIGN(ledger::Sandbox made, ledger::insert_sandbox(tx, {.scope = {.org = by.org, .sandbox = {}},
                                                              .name = order.name,
                                                              .id = id,
                                                              .type = type,
                                                              .created = by.now,
                                                              .title = order.title,
                                                              .created_user = by.user}));
  LG_TRY(note(tx, by, "sandbox.create", made.name,
              json::serialize(json::object{{"after", {{"id", made.id}, {"title", made.title}, {"type", made.type}}}})));
  return made;
}

Result<ledger::Sandbox> set_sandbox_title(Tx& tx, const Actor& by, std::string_view name, std::string_view title) {
  LG_TRY(check_name("A sandbox's title", title));
  LG_ASSIGN(const ledger::Sandbox former, ledger::find_sandbox(tx, by.org, name));
  if (former.title == title) return former;
  LG_TRY(ledger::set_sandbox_title(tx, former.scope, title, by.now, by.user));
  LG_TRY(note(tx, by, "sandbox.update", former.name,
              json::serialize(json::object{{"before", {{"title", former.title}}}, {"after", {{"title", title}}}})));
  return ledger::find_sandbox(tx, by.org, name);
}

Result<ledger::Sandbox> delete_sandbox(Tx& tx, const Actor& by, std::string_view name) {
  LG_ASSIGN(ledger::Sandbox sandbox, ledger::find_sandbox(tx, by.org, name));
  if (sandbox.name == production_sandbox) {
    return fail(codes::sandbox_needed,
                "Sandbox \"{}\" cannot be deleted: requests without x-sandbox-name are for it. Delete its datasets, if "
                "it is to be empty.",
                name);
  }
  LG_TRY(ledger::delete_sandbox(tx, sandbox.scope, by.now, by.user));
  LG_TRY(ledger::remove_subscriptions(tx, sandbox.scope));
  LG_TRY(note(tx, by, "sandbox.delete", sandbox.name,
              json::serialize(
                  json::object{{"before", {{"id", sandbox.id}, {"title", sandbox.title}, {"type", sandbox.type}}}})));
  sandbox.updated = by.now;
  sandbox.updated_user = by.user;
  ++sandbox.version;
  return sandbox;
}

}  // namespace lakegate::auth
