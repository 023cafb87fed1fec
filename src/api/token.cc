#include "api/token.h"

#include <boost/json.hpp>

#include <array>
#include <utility>

#include "api/form.h"
#include "api/problem.h"
#include "auth/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr int64_t lifetime_seconds = auth::token_lifetime_ms / 1000 - 1;  // what IMS says; also rounds safely

http::Response answer(int status, const json::object& body) {
  auto response = http::Response::text(status, "application/json", json::serialize(body));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

// RFC 6749 section 5.2.
http::Response refusal(const Error& error, const http::Request& request) {
  if (!error.code->id.starts_with("IMS-")) return problem(error, request);
  return answer(http_status(*error.code),
                {{"error", error.code->title}, {"error_description", readable_message(error)}});
}

struct TokenRequest {
  std::string grant_type;
  std::string jwt_token;
  std::string client_id;
  std::string client_secret;
  std::string scope;
};

constexpr std::array fields = {
    std::pair{"grant_type", &TokenRequest::grant_type}, std::pair{"jwt_token", &TokenRequest::jwt_token},
    std::pair{"client_id", &TokenRequest::client_id},   std::pair{"client_secret", &TokenRequest::client_secret},
    std::pair{"scope", &TokenRequest::scope},
};

Status take(std::string& into, const http::Parameter& parameter) {
  if (!into.empty() && into != parameter.value) {
    return fail(codes::token_request_invalid, "{} was sent twice with different values", parameter.name);
  }
  into = parameter.value;
  return {};
}

Result<TokenRequest> read_request(const http::Request& request) {
  TokenRequest read;
  LG_ASSIGN(const auto parameters, form_parameters(request));
  for (const http::Parameter& parameter : parameters) {
    for (const auto& [name, member] : fields) {
      if (parameter.name == name) LG_TRY(take(read.*member, parameter));
    }
  }
  return read;
}

Status check_client(const TokenRequest& read) {
  if (read.client_id.empty()) return fail(codes::client_unknown, "missing client_id parameter");
  if (read.client_secret.empty()) return fail(codes::client_secret_wrong, "missing client_secret parameter");
  return {};
}

json::object granted(const std::string& token, int64_t expires_in) {
  return {{"access_token", token}, {"token_type", "bearer"}, {"expires_in", expires_in}};
}

Result<http::Response> issue(const http::Request& request, const auth::Authenticator& authenticator) {
  LG_ASSIGN(const TokenRequest wanted, read_request(request));
  if (wanted.grant_type.empty()) return fail(codes::token_request_invalid, "missing grant_type parameter");
  if (wanted.grant_type != "client_credentials") {
    return fail(codes::grant_type_unsupported, "grant_type {} is not supported here; use client_credentials",
                wanted.grant_type);
  }
  LG_TRY(check_client(wanted));
  LG_ASSIGN(const std::string token, authenticator.issue(ApiKey(wanted.client_id), wanted.client_secret, wanted.scope));
  return answer(200, granted(token, lifetime_seconds));
}

// Its time is in milliseconds: contract/auth.md "Token response".
Result<http::Response> exchange(const http::Request& request, const auth::Authenticator& authenticator) {
  LG_ASSIGN(const TokenRequest wanted, read_request(request));
  LG_TRY(check_client(wanted));
  if (wanted.jwt_token.empty()) return fail(codes::token_request_invalid, "missing jwt_token parameter");
  LG_ASSIGN(const std::string token,
            authenticator.exchange(ApiKey(wanted.client_id), wanted.client_secret, wanted.jwt_token));
  return answer(200, granted(token, lifetime_seconds * 1000));
}

}  // namespace

void add_token_routes(http::Router& router, const auth::Authenticator& authenticator) {
  const auto add = [&](const char* path, auto handle) {
    router.add("POST", path, [&authenticator, handle](const http::Request& request) {
      auto response = handle(request, authenticator);
      return response ? std::move(*response) : refusal(response.error(), request);
    });
  };
  for (const char* path : {"/ims/token/v1", "/ims/token/v2", "/ims/token/v3", "/iceberg/v1/oauth/tokens"})
    add(path, issue);
  add("/ims/exchange/jwt", exchange);
}

}  // namespace lakegate::api
