// The platform's Sandbox API, as far as clients of ingestion use it.
#include <boost/json.hpp>

#include <algorithm>
#include <charconv>

#include "api/admin.h"
#include "api/sandbox_json.h"
#include "api/sandbox_operations.h"
#include "base/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr std::string_view root = "/data/foundation/sandbox-management";
constexpr int64_t limit_default = 50;
constexpr int64_t limit_max = ledger::sandboxes_per_org_max;

json::object as_active(const ledger::Sandbox& sandbox) { return platform_sandbox_json(sandbox, "active"); }

Result<int64_t> count_parameter(const http::Request& request, std::string_view name, int64_t absent, int64_t max) {
  const auto text = request.query_value(name);
  if (!text) return absent;
  int64_t value = -1;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), value);
  if (read.ec == std::errc{} && read.ptr == text->data() + text->size() && value >= 0 && value <= max) return value;
  return fail(codes::invalid_argument, "{} is \"{}\"; expected a number, 0 to {}.", name, *text, max);
}

json::object link(const http::Request& request, int64_t offset, int64_t limit) {
  return {{"href", fmt::format("{}{}/sandboxes?offset={}&limit={}", request.origin(), root, offset, limit)},
          {"templated", nullptr}};
}

Result<http::Response> list(const AdminRoutes& parts, const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(const int64_t limit, count_parameter(request, "limit", limit_default, limit_max));
  LG_ASSIGN(const int64_t offset, count_parameter(request, "offset", 0, limit_max));
  LG_ASSIGN(const auto sandboxes, visible_sandboxes(parts, identity));
  const auto count = std::ssize(sandboxes);
  const int64_t begin = std::min<int64_t>(offset, count);
  const int64_t end = std::min<int64_t>(begin + limit, count);
  json::array page;
  for (int64_t i = begin; i < end; ++i) page.push_back(as_active(sandboxes[static_cast<size_t>(i)]));
  json::object links{{"page", link(request, offset, limit)}};
  if (end < count) links["next"] = link(request, end, limit);
  if (begin > 0) links["prev"] = link(request, std::max<int64_t>(0, begin - limit), limit);
  return json_answer(200, json::object{{"sandboxes", std::move(page)},
                                       {"_page", {{"limit", limit}, {"count", end - begin}}},
                                       {"_links", std::move(links)}});
}

}  // namespace

void add_sandbox_management_routes(http::Router& router, const AdminRoutes& parts) {
  const auth::Need manage_org{Right::manage, auth::Reach::org};
  const Gateway& gateway = parts.gateway;
  const std::string all = std::string(root) + "/sandboxes";
  const std::string one = all + "/{name}";
  const auto listing = [parts](const http::Request& request, const auth::Identity& identity) {
    return list(parts, request, identity);
  };
  router.add("GET", all, gateway.for_any_sandbox(listing));
  router.add("GET", std::string(root), gateway.for_any_sandbox(listing));
  router.add("GET", one,
             gateway.for_any_sandbox(
                 [parts](const http::Request& request, const auth::Identity& identity) -> Result<http::Response> {
                   LG_ASSIGN(const ledger::Sandbox sandbox, visible_sandbox(parts, request, identity));
                   return json_answer(200, as_active(sandbox));
                 }));
  router.add("POST", all,
             gateway.creating(manage_org, [parts](const http::Request& request, const auth::Identity& identity) {
               return create_sandbox(parts, request, identity, "create sandbox of the platform", as_active);
             }));
  router.add(
      "PATCH", one,
      gateway.authorised(
          manage_org, [parts](const http::Request& request, const auth::Identity& identity) -> Result<http::Response> {
            LG_ASSIGN(const ledger::Sandbox sandbox, update_sandbox(parts, request, identity));
            return json_answer(200, as_active(sandbox));
          }));
  router.add(
      "DELETE", one,
      gateway.authorised(
          manage_org, [parts](const http::Request& request, const auth::Identity& identity) -> Result<http::Response> {
            LG_ASSIGN(const ledger::Sandbox sandbox, remove_sandbox(parts, request, identity));
            return json_answer(200, platform_sandbox_json(sandbox, "deleted"));
          }));
}

}  // namespace lakegate::api
