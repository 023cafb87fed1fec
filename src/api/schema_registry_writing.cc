#include "api/schema_registry_writing.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <utility>

#include "api/answer_once.h"
#include "api/schema_registry_address.h"
#include "base/ascii.h"
#include "model/error_codes.h"
#include "model/json_patch.h"
#include "registry/change.h"
#include "registry/draft.h"
#include "xdm/document.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;
using registry::ResourceType;

// Someone else's change of what this one rests on is rare, and ends.
constexpr int attempts_max = 10;
constexpr size_t levels_around_value = 3;  // a JSON Patch: array, operation, value

// "etag", W/"etag", *, a list of these (RFC 9110 section 13.1.1).
registry::Condition condition_of(const http::Request& request) {
  const auto header = request.header("If-Match");
  if (!header) return {};
  return [wanted = std::string(*header)](std::string_view etag) {
    std::string_view rest = wanted;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(','), rest.size());
      std::string_view one = ascii::trim(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (one.starts_with("W/")) one.remove_prefix(2);
      if (one.size() >= 2 && one.front() == '"' && one.back() == '"') one = one.substr(1, one.size() - 2);
      if (one == "*" || one == etag) return true;
    }
    return false;
  };
}

Result<json::array> parse_patch(const http::Request& request) {
  json::parse_options options;
  options.max_depth = xdm::document_depth_max + levels_around_value;
  boost::system::error_code failed;
  json::value body = json::parse(request.body, failed, {}, options);
  if (!failed && body.is_array()) return std::move(body.get_array());
  return fail(
      codes::invalid_argument,
      "The body is {}; expected an array of JSON Patch operations (RFC 6902), e.g. [{{\"op\": \"add\", \"path\": "
      "\"/allOf/-\", \"value\": {{\"$ref\": \"…\"}}}}].",
      failed ? "not readable as JSON (" + failed.message() + ")" : "no array");
}

bool is_overtaken(const Error& error) { return error.code == &codes::conflict; }

Result<registry::Change> change_once(const SchemaRegistryRoutes& parts, const registry::Author& author,
                                     const registry::ChangeRequest& wanted) {
  const Millis now = parts.clock.now_ms();
  LG_ASSIGN(registry::Change change, parts.resolutions.run([&] {
    return parts.ledger.read([&](ReadTx& tx) { return registry::prepare_change(tx, author, wanted, now); });
  }));
  if (change.nothing_differs) return change;
  LG_TRY(parts.ledger.write([&](Tx& tx) { return registry::store_change(tx, author, change, now); }));
  return change;
}

Result<http::Response> change(const SchemaRegistryRoutes& parts, ResourceType type, const http::Request& request,
                              const auth::Identity& identity, registry::Edit edit) {
  const registry::Author author = registry_author(identity, request);
  const registry::ChangeRequest wanted{
      .type = type, .id = registry_id(request), .edit = std::move(edit), .condition = condition_of(request)};
  // One at a time: two that were prepared beside each other could not both be stored.
  return parts.changes.run([&]() -> Result<http::Response> {
    for (int attempt = 1;; ++attempt) {
      const auto changed = change_once(parts, author, wanted);
      if (changed) return registry_answer(200, changed->resource.document, request);
      if (!is_overtaken(changed.error()) || attempt == attempts_max) return std::unexpected(changed.error());
    }
  });
}

}  // namespace

Result<http::Response> create_resource(const SchemaRegistryRoutes& parts, ResourceType type,
                                       const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(const IdempotencyKey key,
            read_idempotency_key(request, fmt::format("create {}", registry::to_string(type))));
  LG_ASSIGN(const json::object body, xdm::parse_document(request.body));
  const registry::Author author = registry_author(identity, request);
  const Millis now = parts.clock.now_ms();
  const auto prepare = [&](ReadTx& tx) { return registry::prepare(tx, author, type, body, now, parts.random); };
  const auto create_once = [&]() -> Result<ledger::StoredAnswer> {
    LG_ASSIGN(auto kept, find_answer(parts.ledger, identity.scope, key));  // else its own title would be taken
    if (kept) return *std::move(kept);
    LG_ASSIGN(const registry::Draft draft, parts.resolutions.run([&] { return parts.ledger.read(prepare); }));
    return answer_once(parts.ledger, identity.scope, key, now, [&](Tx& tx) -> Result<ledger::StoredAnswer> {
      LG_TRY(registry::insert(tx, author, draft));
      return ledger::StoredAnswer{.status = 201, .location = {}, .body = json::serialize(draft.resource.document)};
    });
  };
  for (int attempt = 1;; ++attempt) {
    auto answer = create_once();
    if (answer) {
      LG_ASSIGN(const json::object document, xdm::parse_document(answer->body));
      return registry_answer(answer->status, document, request);
    }
    if (!is_overtaken(answer.error()) || attempt == attempts_max) return std::unexpected(answer.error());
  }
}

Result<http::Response> replace_resource(const SchemaRegistryRoutes& parts, ResourceType type,
                                        const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(json::object body, xdm::parse_document(request.body));
  return change(parts, type, request, identity,
                [body = std::move(body)](const json::object&) -> Result<json::object> { return body; });
}

Result<http::Response> patch_resource(const SchemaRegistryRoutes& parts, ResourceType type,
                                      const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(json::array patch, parse_patch(request));
  return change(parts, type, request, identity,
                [patch = std::move(patch)](const json::object& stored) -> Result<json::object> {
                  LG_ASSIGN(json::value patched, apply_json_patch(stored, patch));
                  if (patched.is_object()) return std::move(patched.get_object());
                  return fail(codes::invalid_argument, "The JSON Patch leaves no object; a resource is one.");
                });
}

Result<http::Response> delete_resource(const SchemaRegistryRoutes& parts, ResourceType type,
                                       const http::Request& request, const auth::Identity& identity) {
  const registry::Author author = registry_author(identity, request);
  const registry::Condition condition = condition_of(request);
  const Millis now = parts.clock.now_ms();
  LG_TRY(parts.ledger.write(
      [&](Tx& tx) { return registry::remove_resource(tx, author, type, registry_id(request), condition, now); }));
  return http::Response::empty(204);
}

}  // namespace lakegate::api
