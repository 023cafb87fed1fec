// What both spellings of the sandbox routes do; they differ in what they answer.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "api/admin.h"
#include "ledger/orgs.h"

namespace lakegate::api {

using RenderSandbox = std::function<boost::json::object(const ledger::Sandbox&)>;

// 201. Safe to send again under an Idempotency-Key, of which each route has its own: `operation` names it, since an
// answer of the other form would not do.
Result<http::Response> create_sandbox(const AdminRoutes& parts, const http::Request& request,
                                      const auth::Identity& identity, std::string_view operation,
                                      const RenderSandbox& render);
// Those that exist for the key.
Result<std::vector<ledger::Sandbox>> visible_sandboxes(const AdminRoutes& parts, const auth::Identity& identity);
// `not_found`: there is none of {name}, or it does not exist for the key.
Result<ledger::Sandbox> visible_sandbox(const AdminRoutes& parts, const http::Request& request,
                                        const auth::Identity& identity);
Result<ledger::Sandbox> update_sandbox(const AdminRoutes& parts, const http::Request& request,
                                       const auth::Identity& identity);
// As it was.
Result<ledger::Sandbox> remove_sandbox(const AdminRoutes& parts, const http::Request& request,
                                       const auth::Identity& identity);

}  // namespace lakegate::api
