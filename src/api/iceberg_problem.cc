#include "api/iceberg_problem.h"

#include <boost/json.hpp>

#include "api/problem.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr std::string_view root = "/iceberg";

int status_of(const Error& error) {
  return error.kind() == ErrorKind::unauthenticated ? 401 : http_status(*error.code);
}

std::string_view type_of(const Error& error, int status) {
  if (error.code == &codes::table_not_found) return "NoSuchTableException";
  if (error.code == &codes::namespace_not_found) return "NoSuchNamespaceException";
  switch (status) {
    case 401: return "NotAuthorizedException";
    case 403: return "ForbiddenException";
    case 404: return "NotFoundException";
    case 405: return "UnsupportedOperationException";
    case 429: return "TooManyRequestsException";
    case 503: return "ServiceUnavailableException";
    default: return status < 500 ? "BadRequestException" : "InternalServerError";
  }
}

}  // namespace

bool is_iceberg(const http::Request& request) {
  const std::string_view path = request.path;
  return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

http::Response iceberg_problem(const Error& error, const http::Request&) {
  const int status = status_of(error);
  // The gateway's errors say what is wrong in their title, and more in the message where there is more.
  const std::string message = error.message.empty() ? std::string(error.code->title) : readable_message(error);
  const json::object body{
      {"error", json::object{{"message", message}, {"type", type_of(error, status)}, {"code", status}}}};
  http::Response response = http::Response::text(status, "application/json", json::serialize(body));
  if (status == 401) response.headers.set("WWW-Authenticate", "Bearer");
  if (error.retry_after) response.headers.set("Retry-After", std::to_string(error.retry_after->count()));
  return response;
}

}  // namespace lakegate::api
