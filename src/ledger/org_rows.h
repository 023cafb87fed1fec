// Rows of orgs, sandboxes and clients as values.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/orgs.h"
#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, Org& org) {
  visit(org.number, org.ims_org, org.tenant, org.name, org.created, org.state);
}

template <class Visit>
void visit_columns(Visit& visit, Sandbox& sandbox) {
  visit(sandbox.scope.sandbox, sandbox.scope.org, sandbox.name, sandbox.id, sandbox.type, sandbox.created,
        sandbox.title, sandbox.version, sandbox.updated, sandbox.created_user, sandbox.updated_user, sandbox.deleted);
}

template <class Visit>
void visit_columns(Visit& visit, Client& client) {
  visit(client.client_id, client.org, client.secret_hash, client.user_id, client.name, client.disabled, client.created,
        client.created_user, client.updated, client.secret_created, client.tokens_void_until, client.deleted);
}

// `rest`: WHERE and what follows it.
inline std::string select_orgs(std::string_view rest) {
  return "SELECT number, ims_org, tenant, name, created, state FROM org " + std::string(rest);
}
inline std::string select_sandboxes(std::string_view rest) {
  return "SELECT number, org, name, id, type, created, title, version, updated, created_user, updated_user,"
         " deleted IS NOT NULL FROM sandbox " +
         std::string(rest);
}
inline std::string select_clients(std::string_view rest) {
  return "SELECT client_id, org, secret_hash, user_id, name, disabled, created, created_user, updated, secret_created,"
         " tokens_void_until, deleted FROM client " +
         std::string(rest);
}

template <>
struct ColumnType<OrgState> {
  using Stored = std::string;
  static constexpr std::array words = {std::pair{OrgState::enabled, std::string_view("enabled")},
                                       std::pair{OrgState::disabled, std::string_view("disabled")},
                                       std::pair{OrgState::deleted, std::string_view("deleted")}};
  static std::string_view to_stored(OrgState state) { return words.at(static_cast<size_t>(state)).second; }
  static bool from_stored(std::string_view stored, OrgState& value) {
    for (const auto& [state, word] : words) {
      if (word != stored) continue;
      value = state;
      return true;
    }
    return false;
  }
};

}  // namespace lakegate::ledger
