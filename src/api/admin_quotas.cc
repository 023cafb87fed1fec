#include <boost/json.hpp>

#include "api/admin.h"
#include "api/admin_body.h"
#include "ledger/quotas.h"
#include "ledger/usage.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

const auth::Need manage_org{Right::manage, auth::Reach::org};
const auth::Need operator_only{Right::manage, auth::Reach::server};

struct Member {
  std::string_view name;
  std::optional<int64_t> ledger::Quota::* value;
};
constexpr Member members[] = {{"storedBytes", &ledger::Quota::stored_bytes},
                              {"batches", &ledger::Quota::batches},
                              {"batchesPerDay", &ledger::Quota::batches_per_day},
                              {"openUploads", &ledger::Quota::open_uploads}};

json::object limits_json(const ledger::Quota& quota) {
  json::object made;
  for (const Member& member : members) {
    const auto& value = quota.*member.value;
    made[member.name] = value ? json::value(*value) : json::value(nullptr);
  }
  return made;
}

json::object usage_json(const ledger::Usage& usage, int64_t open_uploads) {
  return {{"storedBytes", usage.stored_bytes},
          {"batches", usage.batches},
          {"batchesPerDay", usage.batches_today},
          {"openUploads", open_uploads}};
}

std::string detail(const ledger::Quota& before, const ledger::Quota& after) {
  return json::serialize(json::object{{"before", limits_json(before)}, {"after", limits_json(after)}});
}

// What is not counted along is counted now.
Result<ledger::Usage> usage_of(ReadTx& tx, const Scope& scope, Millis now) {
  LG_ASSIGN(const auto counted, ledger::counted_usage(tx, scope, now));
  if (counted) return *counted;
  return ledger::recount_usage(tx, scope, now);
}

Result<json::object> look(ReadTx& tx, const QuotaRoutes& parts, const ledger::Org& org) {
  const Millis now = parts.admin.clock.now_ms();
  LG_ASSIGN(const auto sandboxes, ledger::list_sandboxes(tx, org.number));
  ledger::Usage sum;
  json::array list;
  for (const ledger::Sandbox& sandbox : sandboxes) {
    LG_ASSIGN(const ledger::Quota quota, ledger::find_quota(tx, org.number, sandbox.scope.sandbox));
    LG_ASSIGN(const ledger::Usage usage, usage_of(tx, sandbox.scope, now));
    sum.stored_bytes += usage.stored_bytes;
    sum.batches += usage.batches;
    sum.batches_today += usage.batches_today;
    const int64_t open = parts.uploads.open_uploads(org.number, sandbox.scope.sandbox);
    list.push_back(
        json::object{{"name", sandbox.name}, {"limits", limits_json(quota)}, {"usage", usage_json(usage, open)}});
  }
  LG_ASSIGN(const ledger::Quota of_org, ledger::find_quota(tx, org.number, {}));
  if (of_org != ledger::Quota{}) {  // with what deleted sandboxes still have
    LG_ASSIGN(sum, ledger::counted_usage_of_org(tx, org.number, now));
  }
  return json::object{{"orgId", org.ims_org.text()},
                      {"limits", limits_json(of_org)},
                      {"usage", usage_json(sum, parts.uploads.open_uploads(org.number, {}))},
                      {"sandboxes", std::move(list)}};
}

Result<http::Response> show(const QuotaRoutes& parts, const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(const json::object made, parts.admin.ledger.read([&](ReadTx& tx) -> Result<json::object> {
    LG_ASSIGN(const ledger::Org org, org_asked_for(tx, request, identity));
    return look(tx, parts, org);
  }));
  return json_answer(200, made);
}

Result<ledger::Quota> read_quota(const http::Request& request) {
  LG_ASSIGN(const AdminBody body,
            AdminBody::read(request, {members[0].name, members[1].name, members[2].name, members[3].name}));
  ledger::Quota quota;
  for (const Member& member : members) {
    LG_ASSIGN(quota.*member.value, body.number(member.name));
  }
  return quota;
}

// `sandbox` empty: of the org as a whole.
Status change(const QuotaRoutes& parts, const http::Request& request, const auth::Identity& identity,
              const std::string& sandbox, const ledger::Quota& quota) {
  auth::Actor by = actor_of(parts.admin, request, identity);
  LG_TRY(parts.admin.ledger.write([&](Tx& tx) -> Status {
    LG_ASSIGN(const ledger::Org org, ledger::find_org(tx, ImsOrgId(request.path_parameter("orgId"))));
    by.org = org.number;
    SandboxNumber number;
    if (!sandbox.empty()) {
      LG_ASSIGN(const ledger::Sandbox found, ledger::find_sandbox(tx, org.number, sandbox));
      number = found.scope.sandbox;
    }
    LG_ASSIGN(const ledger::Quota former, ledger::find_quota(tx, org.number, number));
    if (former == quota) return {};
    LG_TRY(ledger::set_quota(tx, org.number, number, quota));
    return auth::note(tx, by, quota == ledger::Quota{} ? "quota.clear" : "quota.set",
                      sandbox.empty() ? org.ims_org.text() : sandbox, detail(former, quota));
  }));
  return parts.uploads.reload(parts.admin.ledger);
}

Result<http::Response> set(const QuotaRoutes& parts, const http::Request& request, const auth::Identity& identity,
                           const std::string& sandbox) {
  LG_ASSIGN(const ledger::Quota quota, read_quota(request));
  LG_TRY(change(parts, request, identity, sandbox, quota));
  LG_ASSIGN(const json::object made, parts.admin.ledger.read([&](ReadTx& tx) -> Result<json::object> {
    LG_ASSIGN(const ledger::Org org, ledger::find_org(tx, ImsOrgId(request.path_parameter("orgId"))));
    return look(tx, parts, org);
  }));
  return json_answer(200, made);
}

Result<http::Response> clear(const QuotaRoutes& parts, const http::Request& request, const auth::Identity& identity,
                             const std::string& sandbox) {
  LG_TRY(change(parts, request, identity, sandbox, {}));
  return http::Response::empty(204);
}

}  // namespace

void add_quota_routes(http::Router& router, const QuotaRoutes& parts) {
  const Gateway& gateway = parts.admin.gateway;
  router.add("GET", "/admin/quotas",
             gateway.authorised(manage_org, [parts](const http::Request& request, const auth::Identity& identity) {
               return show(parts, request, identity);
             }));
  using Handle =
      Result<http::Response> (*)(const QuotaRoutes&, const http::Request&, const auth::Identity&, const std::string&);
  const auto add = [&](const char* method, Handle handle) {
    router.add(method, "/admin/quotas/{orgId}",
               gateway.authorised(operator_only,
                                  [parts, handle](const http::Request& request, const auth::Identity& identity) {
                                    return handle(parts, request, identity, {});
                                  }));
    router.add(method, "/admin/quotas/{orgId}/sandboxes/{name}",
               gateway.authorised(operator_only,
                                  [parts, handle](const http::Request& request, const auth::Identity& identity) {
                                    return handle(parts, request, identity, request.path_parameter("name"));
                                  }));
  };
  add("PUT", set);
  add("DELETE", clear);
}

}  // namespace lakegate::api
