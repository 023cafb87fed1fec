#include "api/sandbox_operations.h"

#include <boost/json.hpp>

#include "api/admin_body.h"
#include "api/answer_once.h"
#include "auth/sandboxes.h"
#include "base/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

Result<auth::SandboxOrder> read_order(const http::Request& request) {
  LG_ASSIGN(const AdminBody body, AdminBody::read(request, {"name", "title", "type"}));
  auth::SandboxOrder order;
  LG_ASSIGN(order.name, body.needed_text("name"));
  LG_ASSIGN(const auto title, body.text("title"));
  LG_ASSIGN(const auto type, body.text("type"));
  order.title = title.value_or("");
  order.type = type.value_or("");
  return order;
}

}  // namespace

Result<http::Response> create_sandbox(const AdminRoutes& parts, const http::Request& request,
                                      const auth::Identity& identity, std::string_view operation,
                                      const RenderSandbox& render) {
  LG_ASSIGN(const auth::SandboxOrder order, read_order(request));
  LG_ASSIGN(const IdempotencyKey key, read_idempotency_key(request, operation));
  const auth::Actor by = actor_of(parts, request, identity);
  const std::string id = parts.random.uuid();
  LG_ASSIGN(ledger::StoredAnswer answer,
            answer_once(parts.ledger, identity.scope, key, by.now, [&](Tx& tx) -> Result<ledger::StoredAnswer> {
              LG_ASSIGN(const ledger::Sandbox made, auth::create_sandbox(tx, by, order, id));
              return ledger::StoredAnswer{.status = 201, .location = {}, .body = json::serialize(render(made))};
            }));
  return to_response(std::move(answer));
}

Result<std::vector<ledger::Sandbox>> visible_sandboxes(const AdminRoutes& parts, const auth::Identity& identity) {
  LG_ASSIGN(std::vector<ledger::Sandbox> all,
            parts.ledger.read([&](ReadTx& tx) { return ledger::list_sandboxes(tx, identity.scope.org); }));
  std::erase_if(all, [&](const ledger::Sandbox& one) { return !identity.grants.sees(one.scope.sandbox); });
  return all;
}

Result<ledger::Sandbox> visible_sandbox(const AdminRoutes& parts, const http::Request& request,
                                        const auth::Identity& identity) {
  const std::string& name = request.path_parameter("name");
  LG_ASSIGN(ledger::Sandbox found,
            parts.ledger.read([&](ReadTx& tx) { return ledger::find_sandbox(tx, identity.scope.org, name); }));
  if (!identity.grants.sees(found.scope.sandbox)) return fail(codes::not_found, "There is no sandbox '{}'", name);
  return found;
}

Result<ledger::Sandbox> update_sandbox(const AdminRoutes& parts, const http::Request& request,
                                       const auth::Identity& identity) {
  LG_ASSIGN(const AdminBody body, AdminBody::read(request, {"title"}));
  LG_ASSIGN(const std::string title, body.needed_text("title"));
  LG_ASSIGN(ledger::Sandbox changed, parts.ledger.write([&](Tx& tx) {
    return auth::set_sandbox_title(tx, actor_of(parts, request, identity), request.path_parameter("name"), title);
  }));
  parts.directory.forget();
  return changed;
}

Result<ledger::Sandbox> remove_sandbox(const AdminRoutes& parts, const http::Request& request,
                                       const auth::Identity& identity) {
  LG_ASSIGN(ledger::Sandbox removed, parts.ledger.write([&](Tx& tx) {
    return auth::delete_sandbox(tx, actor_of(parts, request, identity), request.path_parameter("name"));
  }));
  parts.directory.forget();
  return removed;
}

}  // namespace lakegate::api
