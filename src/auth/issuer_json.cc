#include "auth/issuer_json.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <string>

#include "auth/issuer_address.h"
#include "auth/jwks.h"
#include "base/error_codes.h"

namespace lakegate::auth {
namespace {

namespace json = boost::json;

using Test = ClaimCondition::Test;

constexpr std::array<std::pair<std::string_view, Test>, 3> tests = {
    {{"equals", Test::equals}, {"oneOf", Test::one_of}, {"contains", Test::contains}}};

std::unexpected<Error> refused(std::string_view where, std::string_view expected) {
  return fail(codes::invalid_argument, "{}: expected {}.", where, expected);
}

Status only_known(const json::object& object, std::span<const std::string_view> known, std::string_view where) {
  for (const auto& member : object) {
    if (std::ranges::find(known, std::string_view(member.key())) == known.end())
      return fail(codes::invalid_argument, "{}: there is no member \"{}\"; expected {}.", where,
                  std::string_view(member.key()), fmt::join(known, ", "));
  }
  return {};
}

Result<std::string> text(const json::value* value, std::string_view where) {
  if (value != nullptr && value->is_string() && !value->get_string().empty() &&
      value->get_string().size() <= claim_bytes_max) {
    return std::string(value->get_string());
  }
  return refused(where, fmt::format("a text of 1 to {} bytes", claim_bytes_max));
}

Result<std::vector<std::string>> texts(const json::value* value, size_t most, std::string_view where) {
  const json::array* list = value == nullptr ? nullptr : value->if_array();
  if (list == nullptr || list->empty() || list->size() > most)
    return refused(where, fmt::format("a list of 1 to {} texts", most));
  std::vector<std::string> made;
  for (const json::value& each : *list) {
    LG_ASSIGN(std::string one, text(&each, where));
    made.push_back(std::move(one));
  }
  return made;
}

Result<std::string> claim_name(const json::value* value, std::string_view where) {
  LG_ASSIGN(std::string name, text(value, where));
  if (!name.starts_with('/')) return name;
  json::error_code failed;
  (void)json::value(json::object{}).find_pointer(name, failed);
  // An empty object has nothing anywhere: every error but that one is about the pointer itself.
  if (!failed || failed == json::error::not_found) return name;
  return refused(where, fmt::format("a claim's name or a JSON pointer (RFC 6901); \"{}\" is none", name));
}

Result<std::vector<json::value>> values(const json::value& value, Test test, std::string_view where) {
  const auto is_plain = [](const json::value& each) {
    return (each.is_string() && each.get_string().size() <= claim_bytes_max) || each.is_number() || each.is_bool();
  };
  if (test != Test::one_of) {
    if (!is_plain(value)) return refused(where, "one text, number or boolean");
    return std::vector{value};
  }
  const json::array* list = value.if_array();
  if (list == nullptr || list->empty() || list->size() > condition_values_max || !std::ranges::all_of(*list, is_plain))
    return refused(where, fmt::format("a list of 1 to {} texts, numbers or booleans", condition_values_max));
  return std::vector<json::value>(list->begin(), list->end());
}

Result<ClaimCondition> read_condition(const json::value& value, const std::string& where) {
  const json::object* object = value.if_object();
  if (object == nullptr) return refused(where, "an object with `claim` and one of `equals`, `oneOf`, `contains`");
  constexpr std::array<std::string_view, 4> known = {"claim", "equals", "oneOf", "contains"};
  LG_TRY(only_known(*object, known, where));
  if (object->size() != 2) return refused(where, "`claim` and exactly one of `equals`, `oneOf`, `contains`");
  ClaimCondition made;
  LG_ASSIGN(made.claim, claim_name(object->if_contains("claim"), where + ".claim"));
  for (const auto& [name, test] : tests) {
    const json::value* wanted = object->if_contains(name);
    if (wanted == nullptr) continue;
    made.test = test;
    LG_ASSIGN(made.values, values(*wanted, test, fmt::format("{}.{}", where, name)));
  }
  return made;
}

Result<KeyMapping> read_mapping(const json::value& value, const std::string& where) {
  const json::object* object = value.if_object();
  if (object == nullptr) return refused(where, "an object with `when` and `apiKey`");
  constexpr std::array<std::string_view, 2> known = {"when", "apiKey"};
  LG_TRY(only_known(*object, known, where));
  KeyMapping made;
  LG_ASSIGN(std::string key, text(object->if_contains("apiKey"), where + ".apiKey"));
  made.api_key = ApiKey(std::move(key));
  const json::value* when = object->if_contains("when");
  // Absent would be "everyone", which should be said: [].
  const json::array* list = when == nullptr ? nullptr : when->if_array();
  if (list == nullptr || list->size() > conditions_max)
    return refused(where + ".when", fmt::format("a list of at most {} conditions; [] is every token", conditions_max));
  for (size_t i = 0; i < list->size(); ++i) {
    LG_ASSIGN(ClaimCondition condition, read_condition((*list)[i], fmt::format("{}.when[{}]", where, i)));
    made.when.push_back(std::move(condition));
  }
  return made;
}

Result<std::vector<KeyMapping>> read_mappings(const json::value* value) {
  const json::array* list = value == nullptr ? nullptr : value->if_array();
  if (list == nullptr || list->empty() || list->size() > mappings_max)
    return refused("mappings", fmt::format("a list of 1 to {} mappings of claims to API keys", mappings_max));
  std::vector<KeyMapping> made;
  for (size_t i = 0; i < list->size(); ++i) {
    LG_ASSIGN(KeyMapping mapping, read_mapping((*list)[i], fmt::format("mappings[{}]", i)));
    made.push_back(std::move(mapping));
  }
  return made;
}

Result<TokenUse> read_token_use(const json::value& value) {
  for (const TokenUse use : {TokenUse::access, TokenUse::rfc9068, TokenUse::id}) {
    if (value == json::value(to_string(use))) return use;
  }
  return refused("tokens", "\"access\", \"at+jwt\" or \"id\"");
}

Status read_options(const json::object& object, IssuerTerms& made) {
  if (const json::value* names = object.if_contains("algorithms")) {
    LG_ASSIGN(made.algorithms, texts(names, known_algorithms().size(), "algorithms"));
    if (!std::ranges::all_of(made.algorithms, is_known_algorithm))
      return refused("algorithms", fmt::format("some of {}", fmt::join(known_algorithms(), ", ")));
  }
  if (const json::value* skew = object.if_contains("clockSkewSeconds")) {
    json::error_code failed;
    made.clock_skew_s = skew->is_number() ? skew->to_number<int64_t>(failed) : -1;
    if (failed || made.clock_skew_s < 0 || made.clock_skew_s > clock_skew_s_max)
      return refused("clockSkewSeconds", fmt::format("a whole number from 0 to {}", clock_skew_s_max));
  }
  if (const json::value* use = object.if_contains("tokens")) {
    LG_ASSIGN(made.token_use, read_token_use(*use));
  }
  if (const json::value* claim = object.if_contains("userClaim")) {
    LG_ASSIGN(made.user_claim, claim_name(claim, "userClaim"));
  }
  if (made.user_claim.find('#') != std::string::npos) return refused("userClaim", "a name without #");
  return {};
}

json::object to_json(const ClaimCondition& condition) {
  const auto* named = std::ranges::find(tests, condition.test, &std::pair<std::string_view, Test>::second);
  json::object made{{"claim", condition.claim}};
  if (condition.test == Test::one_of) {
    made.emplace(named->first, json::array(condition.values.begin(), condition.values.end()));
  } else {
    made.emplace(named->first, condition.values.front());
  }
  return made;
}

}  // namespace

Result<IssuerTerms> read_issuer(const json::object& object) {
  constexpr std::array<std::string_view, 7> known = {"issuer", "audiences", "algorithms", "clockSkewSeconds",
                                                     "tokens", "userClaim", "mappings"};
  LG_TRY(only_known(object, known, "The issuer"));
  IssuerTerms made;
  LG_ASSIGN(made.issuer, text(object.if_contains("issuer"), "issuer"));
  LG_TRY(read_issuer_address(made.issuer));
  LG_ASSIGN(made.audiences, texts(object.if_contains("audiences"), audiences_max, "audiences"));
  LG_TRY(read_options(object, made));
  LG_ASSIGN(made.mappings, read_mappings(object.if_contains("mappings")));
  return made;
}

json::object to_json(const IssuerTerms& terms) {
  json::array mappings;
  for (const KeyMapping& mapping : terms.mappings) {
    json::array when;
    for (const ClaimCondition& condition : mapping.when) when.push_back(to_json(condition));
    mappings.push_back(json::object{{"when", std::move(when)}, {"apiKey", mapping.api_key.text()}});
  }
  return {{"issuer", terms.issuer},
          {"audiences", json::array(terms.audiences.begin(), terms.audiences.end())},
          {"algorithms", json::array(terms.algorithms.begin(), terms.algorithms.end())},
          {"clockSkewSeconds", terms.clock_skew_s},
          {"tokens", to_string(terms.token_use)},
          {"userClaim", terms.user_claim},
          {"mappings", std::move(mappings)}};
}

}  // namespace lakegate::auth
