#include "api/gateway.h"

#include <utility>

#include "api/problem.h"
#include "api/request_notes.h"
#include "auth/authenticator.h"
#include "auth/enrolment.h"
#include "auth/error_codes.h"
#include "auth/request_rate.h"
#include "base/ascii.h"
#include "base/log.h"
#include "http/run_on.h"

namespace lakegate::api {
namespace {

namespace asio = boost::asio;

std::unexpected<Error> refuse(const ErrorCode& code, std::string message = {}) {
  return std::unexpected(Error{&code, std::move(message)});
}

// "Bearer <token>", the scheme in any case (RFC 9110 section 11.1).
Result<std::string_view> bearer_token(const http::Request& request) {
  const auto header = request.header("authorization");
  if (!header || ascii::trim(*header).empty()) return refuse(codes::token_missing);
  constexpr std::string_view scheme = "bearer";
  const std::string_view value = ascii::trim(*header);
  if (!ascii::starts_with_ignoring_case(value, scheme) || value.size() == scheme.size() ||
      !ascii::is_blank(value[scheme.size()])) {
    return refuse(codes::token_invalid, "Expected \"Authorization: Bearer <access token>\".");
  }
  return ascii::trim(value.substr(scheme.size()));
}

Result<auth::Account> authenticate(const auth::Authenticator& authenticator, const http::Request& request) {
  if (!authenticator.enabled()) return authenticator.operator_account();
  LG_ASSIGN(const std::string_view token, bearer_token(request));
  return authenticator.authenticate(token, request.header("x-api-key"));
}

Status check_api_key(const http::Request& request, const auth::Account& account) {
  const auto key = request.header("x-api-key");
  if (!key || key->empty()) return refuse(codes::api_key_missing);
  if (*key != account.client.client_id.text())
    return refuse(codes::api_key_invalid, "It is not the client id of the token.");
  return {};
}

Status check_org(const http::Request& request, const auth::Account& account) {
  const auto org = request.header("x-gw-ims-org-id");
  if (!org || org->empty()) return refuse(codes::org_missing, "x-gw-ims-org-id is missing.");
  if (!auth::is_ims_org(*org)) return refuse(codes::org_malformed, "x-gw-ims-org-id is not of the form …@AdobeOrg.");
  if (*org != account.org.ims_org.text())
    return refuse(codes::org_forbidden, "The token is not entitled for that org.");
  return {};
}

std::string sandbox_of(const http::Request& request) {
  const auto name = request.header("x-sandbox-name");
  return std::string(name && !name->empty() ? *name : auth::production_sandbox);
}

auth::Identity of_request(auth::Identity identity, const http::Request& request) {
  identity.trace = request.trace.traceparent();
  identity.request_id = request.id;
  return identity;
}

// What each door does once it knows who asks: the lines of the handler say for whom, and so does the request's own.
http::Response answer(const Gateway::Handler& handler, const http::Request& request, const auth::Identity& identity,
                      const http::RenderError& render) {
  const log::Context context({{"org", identity.ims_org}, {"sandbox", identity.sandbox_name}});
  auto response = handler(request, identity);
  return noted(response ? std::move(*response) : render(response.error(), request), request, identity);
}

}  // namespace

http::Response refusal(const Error& error, const http::Request& request) {
  return error.code->id.find('-') == std::string_view::npos ? gateway_problem(error, request) : problem(error, request);
}

Result<auth::Account> Gateway::account_of(const http::Request& request) const {
  LG_ASSIGN(const auth::Account account, authenticate(authenticator_, request));
  if (authenticator_.enabled()) {
    LG_TRY(check_api_key(request, account));
    LG_TRY(check_org(request, account));
  }
  return account;
}

Result<auth::Identity> Gateway::identity_of(const auth::Account& account, const Need& need,
                                            const http::Request& request) const {
  LG_ASSIGN(auth::Identity identity, authenticator_.identity(account, sandbox_of(request), need.right));
  LG_TRY(authenticator_.check(identity, need));
  return of_request(std::move(identity), request);
}

Result<auth::Identity> Gateway::identity_in_org(const auth::Account& account, Right right,
                                                const http::Request& request) const {
  const bool named = !request.header("x-sandbox-name").value_or("").empty();
  LG_ASSIGN(auth::Identity identity, authenticator_.identity_in_org(account, sandbox_of(request), named, right));
  return of_request(std::move(identity), request);
}

Result<auth::Identity> Gateway::identify(const Need& need, const http::Request& request) const {
  LG_ASSIGN(const auth::Account account, account_of(request));
  LG_TRY(rate_.take(account.client.client_id));
  return identity_of(account, need, request);
}

Result<auth::Identity> Gateway::identify_again(const Need& need, const http::Request& request) const {
  LG_ASSIGN(const auth::Account account, account_of(request));
  return identity_of(account, need, request);
}

Result<auth::Identity> Gateway::identify_bearer(const Need& need, const http::Request& request) const {
  LG_ASSIGN(const auth::Account account, authenticate(authenticator_, request));
  LG_TRY(rate_.take(account.client.client_id));
  LG_ASSIGN(auth::Identity identity, identity_in_org(account, need.right, request));
  if (need.reach != Reach::dataset) LG_TRY(authenticator_.check(identity, need));
  return identity;
}

Result<auth::Identity> Gateway::identify_anywhere(const http::Request& request) const {
  LG_ASSIGN(const auth::Account account, account_of(request));
  LG_TRY(rate_.take(account.client.client_id));
  Right held = Right::read;
  for (const Right right : all_rights) {
    if (account.grants.anywhere(right)) held = right;
  }
  return identity_in_org(account, held, request);
}

Result<auth::Identity> Gateway::narrowed(const auth::Identity& identity, const Need& need) const {
  LG_TRY(authenticator_.check(identity, need));
  auth::Identity made = identity;
  made.scope = identity.scope.with(need.right);
  return made;
}

http::Guarded<http::Handler> Gateway::authorised(Need need, Handler handler) const {
  return {[this, need, handler = std::move(handler)](const http::Request& request) -> http::Response {
            const auto identity = identify(need, request);
            return identity ? answer(handler, request, *identity, problem) : refusal(identity.error(), request);
          },
          to_string(need)};
}

http::Guarded<http::Handler> Gateway::creating(Need need, Handler handler) const {
  return authorised(need,
                    [this, handler = std::move(handler)](const http::Request& request,
                                                         const auth::Identity& identity) -> Result<http::Response> {
                      LG_TRY(reserve_.check());
                      return handler(request, identity);
                    });
}

http::Guarded<http::Handler> Gateway::for_any_sandbox(Handler handler) const {
  return {[this, handler = std::move(handler)](const http::Request& request) -> http::Response {
            const auto identity = identify_anywhere(request);
            return identity ? answer(handler, request, *identity, problem) : refusal(identity.error(), request);
          },
          "any"};
}

http::Guarded<http::StreamHandler> Gateway::authorised_stream(Need need, StreamHandler handler) const {
  return {[this, need, handler = std::move(handler)](http::Request& request,
                                                     http::BodyStream& body) -> asio::awaitable<http::Response> {
            const auto identity = co_await http::run_on(pool_, [&] { return identify(need, request); });
            if (!identity) co_return refusal(identity.error(), request);
            auto response = co_await handler(request, body, *identity);
            if (!response) co_return noted(problem(response.error(), request), request, *identity);
            co_return noted(std::move(*response), request, *identity);
          },
          to_string(need)};
}

http::Guarded<http::Handler> Gateway::bearer(Need need, Handler handler, http::RenderError render) const {
  return {[this, need, handler = std::move(handler),
           render = std::move(render)](const http::Request& request) -> http::Response {
            const auto identity = identify_bearer(need, request);
            return identity ? answer(handler, request, *identity, render) : render(identity.error(), request);
          },
          to_string(need)};
}

}  // namespace lakegate::api
