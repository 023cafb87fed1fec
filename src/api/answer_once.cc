#include "api/answer_once.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/error_codes.h"
#include "base/sha256.h"

namespace lakegate::api {
namespace {

constexpr size_t key_bytes_max = 255;

bool is_visible(char c) { return c >= ' ' && c <= '~'; }

Result<IdempotencyKey> read_key(const http::Request& request, std::string_view what_tells_it) {
  const auto header = request.header("Idempotency-Key");
  if (!header) return IdempotencyKey{};
  const std::string_view text = ascii::trim(*header);
  if (text.empty() || text.size() > key_bytes_max || !std::ranges::all_of(text, is_visible)) {
    return fail(codes::invalid_argument,
                "Idempotency-Key has {} bytes; expected 1 to {} characters of visible ASCII, e.g. a UUID.", text.size(),
                key_bytes_max);
  }
  // The gateway has seen that this is the client of the token; with auth.enabled = false all are one.
  const std::string_view client = request.header("x-api-key").value_or("");
  return IdempotencyKey{fmt::format("{}\n{}", client, text), sha256_hex(what_tells_it)};
}

}  // namespace

Result<IdempotencyKey> read_idempotency_key(const http::Request& request, std::string_view operation) {
  return read_key(request, fmt::format("{}\n{}", operation, request.body));
}

Result<IdempotencyKey> read_action_key(const http::Request& request) {
  return read_key(request, fmt::format("{} {}\n{}", request.method, request.target, request.body));
}

Result<std::optional<ledger::StoredAnswer>> find_answer(Ledger& ledger, const Scope& scope, const IdempotencyKey& key) {
  if (key.text.empty()) return std::nullopt;
  return ledger.read([&](ReadTx& tx) { return ledger::find_answer(tx, scope, key.text, key.request_hash); });
}

Result<ledger::StoredAnswer> answer_once(Ledger& ledger, const Scope& scope, const IdempotencyKey& key, Millis now,
                                         const CreatingWork& work) {
  return ledger.write([&](Tx& tx) -> Result<ledger::StoredAnswer> {
    if (key.text.empty()) return work(tx);
    LG_ASSIGN(std::optional<ledger::StoredAnswer> kept, ledger::find_answer(tx, scope, key.text, key.request_hash));
    if (kept) return *std::move(kept);
    LG_ASSIGN(ledger::StoredAnswer answer, work(tx));
    LG_TRY(ledger::keep_answer(tx, scope, key.text, key.request_hash, answer, now));
    return answer;
  });
}

http::Response to_response(ledger::StoredAnswer answer) {
  if (answer.body.empty()) return http::Response::empty(answer.status);
  auto response = http::Response::text(answer.status, "application/json", std::move(answer.body));
  if (!answer.location.empty()) response.headers.set("Location", std::move(answer.location));
  return response;
}

Result<std::optional<http::Response>> find_kept(Ledger& ledger, const Scope& scope, const IdempotencyKey& key) {
  if (key.text.empty()) return std::nullopt;
  LG_ASSIGN(std::optional<ledger::StoredAnswer> kept,
            ledger.read([&](ReadTx& tx) { return ledger::find_answer(tx, scope, key.text, key.request_hash); }));
  if (!kept) return std::nullopt;
  return to_response(*std::move(kept));
}

Result<http::Response> keep(Ledger& ledger, const Scope& scope, const IdempotencyKey& key, Millis now,
                            http::Response response) {
  if (key.text.empty() || response.status >= 300) return response;
  const auto* body = std::get_if<std::string>(&response.body);
  const ledger::StoredAnswer answer{
      .status = response.status, .location = {}, .body = body == nullptr ? std::string() : *body};
  LG_ASSIGN(ledger::StoredAnswer kept,
            answer_once(ledger, scope, key, now, [&](Tx&) -> Result<ledger::StoredAnswer> { return answer; }));
  if (kept.body == answer.body) return response;  // with its headers
  return to_response(std::move(kept));
}

Gateway::Handler answering_again(Ledger& ledger, const Clock& clock, Gateway::Handler handler) {
  return [&ledger, &clock, handler = std::move(handler)](const http::Request& request,
                                                         const auth::Identity& identity) -> Result<http::Response> {
    LG_ASSIGN(const IdempotencyKey key, read_action_key(request));
    LG_ASSIGN(std::optional<http::Response> kept, find_kept(ledger, identity.scope, key));
    if (kept) return *std::move(kept);
    LG_ASSIGN(http::Response response, handler(request, identity));
    return keep(ledger, identity.scope, key, clock.now_ms(), std::move(response));
  };
}

}  // namespace lakegate::api
