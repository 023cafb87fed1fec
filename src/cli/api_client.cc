#include "cli/api_client.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <thread>

#include "base/random.h"
#include "cli/error_codes.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds first_pause{300};
constexpr std::chrono::milliseconds pause_max{10'000};
constexpr size_t shown_bytes_max = 500;

std::string text_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

const ErrorCode& code_of(int status) {
  if (status == 404) return codes::not_found_by_server;
  if (status == 409) return codes::conflict_on_server;
  // 507: its disk is full. 408, 502, 504: what stands before it could not reach it in time.
  constexpr std::array passing = {408, 429, 502, 503, 504, 507};
  if (std::ranges::find(passing, status) != passing.end()) return codes::server_busy;
  return codes::refused_by_server;
}

std::string form(const json::object& body) {
  if (const std::string detail = text_member(body, "detail"); !detail.empty() && body.contains("status")) {
    const json::value* report = body.if_contains("report");
    const std::string code = report != nullptr && report->is_object() ? text_member(report->as_object(), "code") : "";
    const std::string type = text_member(body, "type");
    const std::string shown = code.empty() ? type.substr(type.rfind('/') + 1) : code;
    return shown.empty() ? detail : fmt::format("{} ({})", detail, shown);
  }
  if (body.contains("error_code")) {
    const std::string detail = text_member(body, "detail");
    const std::string message = text_member(body, "message");
    const std::string_view between = detail.empty() ? "" : message.ends_with('.') ? " " : ". ";
    return fmt::format("{}{}{} ({})", message, between, detail, text_member(body, "error_code"));
  }
  if (body.contains("error")) {
    return fmt::format("{} ({})", text_member(body, "error_description"), text_member(body, "error"));
  }
  return {};
}

std::optional<std::chrono::seconds> retry_after(const HttpAnswer& answer) {
  const auto header = answer.headers.find("retry-after");
  if (header == answer.headers.end()) return std::nullopt;
  int64_t seconds = 0;
  const std::string& text = header->second;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (read.ec != std::errc{} || seconds < 0) return std::nullopt;
  return std::chrono::seconds(seconds);
}

// Busy ranges (409 with Retry-After) clear up by themselves.
bool worth_repeating(const Error& error, bool reached_before) {
  if (error.code == &codes::server_unreachable) return reached_before;
  return error.kind() == ErrorKind::unavailable || error.retry_after.has_value();
}

}  // namespace

Error error_of(const HttpAnswer& answer) {
  boost::system::error_code failed;
  const json::value body = json::parse(answer.body, failed);
  std::string message = !failed && body.is_object() ? form(body.as_object()) : std::string();
  if (message.empty())
    message = fmt::format("HTTP status {} {}", answer.status, answer.body.substr(0, shown_bytes_max));
  return {.code = &code_of(answer.status), .message = std::move(message), .retry_after = retry_after(answer)};
}

Result<json::object> TokenHolder::fetch(HttpClient& http, const Target& target) {
  HttpRequest request{
      .method = "POST",
      .url = target.url + "/ims/token/v3",
      .headers = {"Content-Type: application/x-www-form-urlencoded"},
      .body = fmt::format("grant_type=client_credentials&client_id={}&client_secret={}&scope=openid,AdobeID",
                          percent_encode(target.client_id), percent_encode(target.client_secret)),
      .on_sent = {}};
  LG_ASSIGN(const HttpAnswer answer, http.send(request));
  if (answer.status != 200) {
    Error error = error_of(answer);
    error.message = fmt::format("{} gave no access token: {}", target.url, error.message);
    return std::unexpected(std::move(error));
  }
  boost::system::error_code failed;
  const json::value body = json::parse(answer.body, failed);
  if (failed || !body.is_object() || text_member(body.as_object(), "access_token").empty()) {
    return fail(codes::answer_not_understood, "{} is no Lakegate: its token route answered {}", target.url,
                answer.body.substr(0, shown_bytes_max));
  }
  return body.as_object();
}

Result<std::string> TokenHolder::token(HttpClient& http) {
  const std::lock_guard lock(mutex_);
  if (token_.empty()) {
    LG_ASSIGN(const json::object answer, fetch(http, target_));
    token_ = text_member(answer, "access_token");
  }
  return token_;
}

void TokenHolder::forget(const std::string& used) {
  const std::lock_guard lock(mutex_);
  if (token_ == used) token_.clear();
}

Result<HttpAnswer> ApiClient::send_once(const ApiCall& call) {
  for (bool second = false;; second = true) {
    LG_ASSIGN(const std::string token, holder_->token(http_));
    HttpRequest request{.method = call.method,
                        .url = target().url + call.path,
                        .headers = call.headers,
                        .body = call.body,
                        .on_sent = call.on_sent,
                        .on_received = call.on_received,
                        .stops = call.stops};
    request.headers.push_back("Authorization: Bearer " + token);
    request.headers.push_back("x-api-key: " + target().api_key);
    request.headers.push_back("x-gw-ims-org-id: " + target().org);
    request.headers.push_back("x-sandbox-name: " + target().sandbox);
    LG_ASSIGN(HttpAnswer answer, http_.send(request));
    holder_->set_reached();
    if (answer.status == 401 && !second) {
      holder_->forget(token);
      continue;
    }
    if (answer.status >= 200 && answer.status < 300) return answer;
    return std::unexpected(error_of(answer));
  }
}

Result<HttpAnswer> ApiClient::send(const ApiCall& call) {
  std::chrono::milliseconds pause = first_pause;
  std::chrono::milliseconds left = patience_;  // of pausing; how long an attempt takes does not count
  while (true) {
    Result<HttpAnswer> answer = send_once(call);
    if (answer || left.count() <= 0 || !worth_repeating(answer.error(), holder_->reached())) return answer;
    const std::chrono::milliseconds asked = answer.error().retry_after.value_or(std::chrono::seconds(0));
    const std::chrono::milliseconds now = std::min({std::max(pause, asked), pause_max, left});
    std::this_thread::sleep_for(now);
    left -= now;
    pause *= 2;
  }
}

Result<json::value> ApiClient::send_json(const ApiCall& call) {
  LG_ASSIGN(const HttpAnswer answer, send(call));
  if (answer.body.empty()) return json::value();
  boost::system::error_code failed;
  json::value body = json::parse(answer.body, failed);
  if (failed)
    return fail(codes::answer_not_understood, "{} {} answered no JSON: {}", call.method, call.path,
                answer.body.substr(0, shown_bytes_max));
  return body;
}

Result<json::value> ApiClient::get(std::string path, std::string_view accept) {
  return send_json({.method = "GET", .path = std::move(path), .headers = {fmt::format("Accept: {}", accept)}});
}

Result<json::value> ApiClient::post(std::string path, const json::value& body) {
  return exchange("POST", std::move(path), body);
}

Result<json::value> ApiClient::exchange(std::string method, std::string path, const json::value& body) {
  return send_json({.method = std::move(method),
                    .path = std::move(path),
                    .headers = {"Accept: application/json", "Content-Type: application/json"},
                    .body = json::serialize(body)});
}

Result<json::value> ApiClient::post_empty(std::string path) {
  return send_json({.method = "POST",
                    .path = std::move(path),
                    .headers = {"Accept: application/json", "Content-Type: application/json"}});
}

Result<json::value> ApiClient::post_once(std::string path, const json::value& body) {
  return send_json({.method = "POST",
                    .path = std::move(path),
                    .headers = {"Accept: application/json", "Content-Type: application/json",
                                "Idempotency-Key: " + SystemRandom().uuid()},
                    .body = json::serialize(body)});
}

Result<json::value> ApiClient::patch(std::string path, const json::value& body) {
  return send_json({.method = "PATCH",
                    .path = std::move(path),
                    .headers = {"Accept: application/json", "Content-Type: application/json"},
                    .body = json::serialize(body)});
}

Result<json::value> ApiClient::remove(std::string path) {
  return send_json({.method = "DELETE", .path = std::move(path), .headers = {"Accept: application/json"}});
}

}  // namespace lakegate::cli
