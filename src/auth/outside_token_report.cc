// Why a token of an outside issuer is taken or refused, in words: the same checks as OutsideTokens::verify, one by one.
#include <boost/json.hpp>
#include <fmt/ranges.h>

#include "auth/error_codes.h"
#include "auth/outside_tokens.h"
#include "base/utf8.h"

namespace lakegate::auth {
namespace {

namespace json = boost::json;

constexpr size_t shown_bytes_max = 200;

class Steps {
 public:
  Steps(TokenReport& report, std::string issuer_id) : report_(report), issuer_id_(std::move(issuer_id)) {}

  bool passed(std::string what, std::string detail) { return add(std::move(what), true, std::move(detail)); }
  bool refused(std::string what, std::string detail) { return add(std::move(what), false, std::move(detail)); }

 private:
  bool add(std::string what, bool passed, std::string detail) {
    report_.steps.push_back(
        {.issuer_id = issuer_id_, .what = std::move(what), .passed = passed, .detail = std::move(detail)});
    return passed;
  }

  TokenReport& report_;
  const std::string issuer_id_;
};

std::string form_of(const IssuerToken& token) {
  const auto or_none = [](const std::string& text) { return text.empty() ? "none" : printable(text, shown_bytes_max); };
  return fmt::format("A signed token: alg {}, kid {}, typ {}.", or_none(token.algorithm), or_none(token.key_id),
                     or_none(token.type));
}

std::string terms_of(const IssuerTerms& terms) {
  return fmt::format("Accepted: audiences {}; algorithms {}; tokens {}; user claim {}.",
                     fmt::join(terms.audiences, ", "), fmt::join(terms.algorithms, ", "), to_string(terms.token_use),
                     terms.user_claim);
}

std::string_view verb_of(ClaimCondition::Test test) {
  switch (test) {
    case ClaimCondition::Test::one_of: return "one of";
    case ClaimCondition::Test::contains: return "contains";
    case ClaimCondition::Test::equals: break;
  }
  return "equals";
}

std::string values_of(const ClaimCondition& condition) {
  std::string text;
  for (const json::value& value : condition.values) text += (text.empty() ? "" : ", ") + json::serialize(value);
  return text;
}

// Why the mapping does not hold; what the token's claims are is not told, whether they are there is.
std::string objection(const KeyMapping& mapping, const json::value& claims) {
  for (const ClaimCondition& condition : mapping.when) {
    if (condition.holds(claims)) continue;
    return fmt::format("{} {} {} does not hold: the token {}", condition.claim, verb_of(condition.test),
                       printable(values_of(condition), shown_bytes_max),
                       find_claim(claims, condition.claim) == nullptr ? "has no such claim" : "says something else");
  }
  return {};
}

std::string objections(const IssuerTerms& terms, const json::value& claims) {
  std::string text = "No mapping fits.";
  for (size_t i = 0; i < terms.mappings.size(); ++i)
    text += fmt::format(" mappings[{}]: {}.", i, objection(terms.mappings[i], claims));
  return text;
}

}  // namespace

// True: accepted.
bool OutsideTokens::explain_with(const IssuerToken& token, const Issuer& issuer, TokenReport& report) const {
  Steps steps(report, issuer.id);
  const IssuerTerms& terms = issuer.terms;
  if (const Status fits = check_terms(token, terms); !fits)
    return steps.refused("terms", fmt::format("{} {}", fits.error().message, terms_of(terms)));
  steps.passed("terms", terms_of(terms));
  const TokenTimes times = times_of(token).value();
  const Millis now = clock_.now_ms();
  if (const Status fits = check_times(times, terms.clock_skew_s, now); !fits)
    return steps.refused("times", fmt::format("{} exp is {} s from now, {} s of clock skew are allowed.",
                                              fits.error().message, (times.expires - now) / 1000, terms.clock_skew_s));
  steps.passed("times", fmt::format("It holds for {} s more.", (times.expires - now) / 1000));
  const auto key = signer(token);
  if (!key) {
    const IssuerKeys::State state = keys_.state(terms.issuer);
    std::string detail = fmt::format("{} The issuer shows {} usable keys.", key.error().message, state.usable);
    if (!state.failure.empty()) detail += " Last fetch: " + state.failure;
    for (const std::string& each : state.unusable) detail += fmt::format(" Not usable: {}.", each);
    return steps.refused("signature", std::move(detail));
  }
  steps.passed("signature", fmt::format("Signed by key \"{}\" of the issuer.", (*key)->key_id()));
  const KeyMapping* mapping = terms.mapping_of(token.claims);
  if (mapping == nullptr) return steps.refused("mapping", objections(terms, token.claims));
  steps.passed("mapping", fmt::format("mappings[{}] fits.", mapping - terms.mappings.data()));
  const Result<Account> account = directory_.account(mapping->api_key);
  if (!account) return steps.refused("apiKey", account.error().message);
  steps.passed("apiKey", fmt::format("{} of {}.", mapping->api_key, account->org.ims_org));
  if (report.accepted) return true;  // by an older registration, which decides where no x-api-key does
  report.accepted = true;
  report.issuer_id = issuer.id;
  report.api_key = mapping->api_key;
  report.ims_org = account->org.ims_org;
  report.user = outside_user(terms, user_of(token, terms).value());
  return true;
}

Result<TokenReport> OutsideTokens::explain(std::string_view text, std::optional<OrgNumber> org) const {
  TokenReport report;
  Steps steps(report, {});
  const Result<IssuerToken> token = read_issuer_token(text);
  if (!token) {
    steps.refused("form", token.error().message);
    return report;
  }
  steps.passed("form", form_of(*token));
  LG_ASSIGN(const RegistryView current, registry());
  std::vector<const Issuer*> registered;
  if (const auto found = current->by_issuer.find(token->issuer()); found != current->by_issuer.end()) {
    for (const Issuer& issuer : found->second) {
      if (!org || issuer.org == *org) registered.push_back(&issuer);
    }
  }
  const std::string name = printable(token->issuer(), shown_bytes_max);
  if (registered.empty()) {
    steps.refused("issuer", fmt::format("No issuer \"{}\" is registered; iss has to be the same, byte by byte.", name));
    return report;
  }
  steps.passed("issuer", fmt::format("\"{}\" is registered.", name));
  for (const Issuer* issuer : registered) explain_with(*token, *issuer, report);
  return report;
}

}  // namespace lakegate::auth
