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

}  // namespace

Result<IdempotencyKey> read_idempotency_key(const http::Request& request, std::string_view operation) {
  const auto header = request.header("Idempotency-Key");
  if (!header) return IdempotencyKey{};
  const std::string_view text = ascii::trim(*header);
  if (text.empty() || text.size() > key_bytes_max || !std::ranges::all_of(text, is_visible)) {
    return fail(codes::invalid_argument,
                "Idempotency-Key has {} bytes; expected 1 to {} characters of visible ASCII, e.g. a UUID.", text.size(),
                key_bytes_max);
  }
  return IdempotencyKey{std::string(text), sha256_hex(fmt::format("{}\n{}", operation, request.body))};
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
  auto response = http::Response::text(answer.status, "application/json", std::move(answer.body));
  if (!answer.location.empty()) response.headers.set("Location", std::move(answer.location));
  return response;
}

}  // namespace lakegate::api
