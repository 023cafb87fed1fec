#include "auth/org_changes.h"

#include <boost/json.hpp>

#include <string>

#include "auth/error_codes.h"
#include "auth/names.h"
#include "base/error_codes.h"
#include "ledger/sandbox_changes.h"
#include "ledger/subscriptions.h"

namespace lakegate::auth {
namespace {

namespace json = boost::json;

Status check_not_first(ReadTx& tx, const ledger::Org& org, std::string_view what) {
  LG_ASSIGN(const ledger::Org first, ledger::first_org(tx));
  if (first.number != org.number) return {};
  return fail(codes::org_needed, "Org {} is the server's first, whose keys manage all others: it cannot be {}.",
              org.ims_org, what);
}

std::string detail(json::value before, json::value after) {
  return json::serialize(json::object{{"before", std::move(before)}, {"after", std::move(after)}});
}

Status note_on(Tx& tx, const Actor& by, const ledger::Org& org, std::string action, std::string changed) {
  Actor actor = by;
  actor.org = org.number;
  return note(tx, actor, std::move(action), org.ims_org.text(), std::move(changed));
}

}  // namespace

Status rename_org(Tx& tx, const Actor& by, const ledger::Org& org, std::string_view name) {
  LG_TRY(check_name("An org's name", name));
  if (org.name == name) return {};
  LG_TRY(ledger::set_org_name(tx, org.number, name));
  return note_on(tx, by, org, "org.update", detail({{"name", org.name}}, {{"name", name}}));
}

Status disable_org(Tx& tx, const Actor& by, const ledger::Org& org) {
  LG_TRY(check_not_first(tx, org, "disabled"));
  if (org.state != ledger::OrgState::enabled) return {};
  LG_TRY(ledger::set_org_state(tx, org.number, ledger::OrgState::disabled));
  return note_on(tx, by, org, "org.disable", detail({{"enabled", true}}, {{"enabled", false}}));
}

Status enable_org(Tx& tx, const Actor& by, const ledger::Org& org) {
  if (org.state == ledger::OrgState::enabled) return {};
  LG_TRY(ledger::set_org_state(tx, org.number, ledger::OrgState::enabled));
  return note_on(tx, by, org, "org.enable", detail({{"enabled", false}}, {{"enabled", true}}));
}

Status delete_org(Tx& tx, const Actor& by, const ledger::Org& org) {
  LG_TRY(check_not_first(tx, org, "deleted"));
  LG_ASSIGN(const auto sandboxes, ledger::list_sandboxes(tx, org.number));
  for (const ledger::Sandbox& sandbox : sandboxes) {
    const Status empty = ledger::check_sandbox_empty(tx, sandbox.scope);
    if (!empty) return fail(*empty.error().code, "Sandbox \"{}\": {}", sandbox.name, empty.error().message);
    LG_TRY(ledger::remove_subscriptions(tx, sandbox.scope));
  }
  LG_TRY(ledger::set_org_state(tx, org.number, ledger::OrgState::deleted));
  return note_on(tx, by, org, "org.delete", json::serialize(json::object{{"before", {{"name", org.name}}}}));
}

}  // namespace lakegate::auth
