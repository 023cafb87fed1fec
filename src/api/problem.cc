#include "api/problem.h"

#include <boost/json.hpp>
#include <fmt/chrono.h>
#include <fmt/core.h>

#include <charconv>
#include <chrono>
#include <ctime>
#include <optional>

#include "api/iceberg_problem.h"
#include "base/utf8.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr std::string_view registry_root = "/data/foundation/schemaregistry";
constexpr size_t message_code_points_max = 10'000;

bool is_registry(const http::Request& request) { return request.path.starts_with(registry_root); }

std::string type_of(const ErrorCode& code, const http::Request& request) {
  if (code.id.starts_with("XDM-")) return fmt::format("http://ns.adobe.com/aep/errors/{}", code.id);
  // A relative address where the request never got as far as a host: RFC 9457 section 3.1.1 allows it.
  return fmt::format("{}/errors/{}", request.host.empty() ? "" : request.origin(), code.id);
}

json::object report_of(const Error& error, const http::Request& request) {
  if (!is_registry(request)) return {{"code", error.code->id}};
  const std::time_t now = std::time(nullptr);
  return {{"registryRequestId", request.id},
          {"timestamp", fmt::format("{:%m-%d-%Y %H:%M:%S}", fmt::gmtime(now))},
          {"detailed-message", readable_message(error)},
          {"sub-errors", json::array()}};
}

// Whoever finds the disk full may come again, whatever met it first.
std::optional<std::chrono::seconds> retry_after(const Error& error) {
  if (error.retry_after || error.kind() != ErrorKind::no_space) return error.retry_after;
  return std::chrono::seconds(30);
}

}  // namespace

int http_status(const ErrorCode& code) {
  const size_t dash = code.id.rfind('-');
  const std::string_view digits = dash == std::string_view::npos ? code.id.substr(0, 3) : code.id.substr(dash + 1);
  int status = 500;
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  return status;
}

std::string readable_message(const Error& error) {
  return is_utf8(error.message) ? error.message : printable(error.message, message_code_points_max);
}

http::Response problem(const Error& error, const http::Request& request) {
  if (is_iceberg(request)) return iceberg_problem(error, request);
  const int status = http_status(*error.code);
  const json::object body{
      {"type", type_of(*error.code, request)}, {"title", error.code->title}, {"status", status},
      {"detail", readable_message(error)},     {"instance", request.id},     {"report", report_of(error, request)}};
  http::Response response = http::Response::text(status, "application/problem+json", json::serialize(body));
  if (const auto wait = retry_after(error)) response.headers.set("Retry-After", std::to_string(wait->count()));
  return response;
}

http::Response gateway_problem(const Error& error, const http::Request&) {
  // Clients compare `message`; what else there is to say stands beside it.
  json::object body{{"error_code", error.code->id}, {"message", error.code->title}};
  if (!error.message.empty()) body.emplace("detail", readable_message(error));
  const int status = http_status(*error.code);
  http::Response response = http::Response::text(status, "application/json", json::serialize(body));
  if (const auto wait = retry_after(error)) response.headers.set("Retry-After", std::to_string(wait->count()));
  if (status == 401) response.headers.set("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace lakegate::api
