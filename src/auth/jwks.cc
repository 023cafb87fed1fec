#include "auth/jwks.h"

#include <boost/json.hpp>
#include <cjose/cjose.h>

#include <algorithm>
#include <array>

#include "auth/base64url.h"
#include "auth/error_codes.h"
#include "auth/strict_json.h"
#include "base/sha256.h"

namespace lakegate::auth {
namespace {

namespace json = boost::json;

constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;  // the cost of a verification grows with the square
constexpr size_t key_id_bytes_max = 256;

struct Algorithm {
  std::string_view name;
  bool elliptic;
  std::string_view curve;      // elliptic only
  size_t signature_bytes = 0;  // elliptic only: r and s, RFC 7518 section 3.4
};

constexpr std::array algorithms = {
    Algorithm{"RS256", false, ""},          Algorithm{"RS384", false, ""},
    Algorithm{"RS512", false, ""},          Algorithm{"PS256", false, ""},
    Algorithm{"PS384", false, ""},          Algorithm{"PS512", false, ""},
    Algorithm{"ES256", true, "P-256", 64},  Algorithm{"ES384", true, "P-384", 96},
    Algorithm{"ES512", true, "P-521", 132},
};

constexpr std::array names = [] {
  std::array<std::string_view, algorithms.size()> made;
  std::ranges::transform(algorithms, made.begin(), &Algorithm::name);
  return made;
}();

const Algorithm* find_algorithm(std::string_view name) {
  const auto* found = std::ranges::find(algorithms, name, &Algorithm::name);
  return found == algorithms.end() ? nullptr : found;
}

int curve_bits(std::string_view curve) {
  if (curve == "P-256") return 256;
  if (curve == "P-384") return 384;
  return curve == "P-521" ? 521 : 0;
}

// Odd and at least 3, in 8 bytes: with an exponent of 1 everybody signs.
bool is_usable_exponent(std::string_view text) {
  const auto bytes = from_base64url(text);
  if (!bytes) return false;
  const size_t first = std::min(bytes->find_first_not_of('\0'), bytes->size());
  const std::string_view number = std::string_view(*bytes).substr(first);
  if (number.empty() || number.size() > 8 || (number.back() & 1) == 0) return false;
  return number != "\x01";
}

// Why a key of a set is not for verifying; empty: nothing against it yet.
std::string objection(const json::object& key) {
  const std::string_view kind = text_of(key, "kty");
  if (kind != "RSA" && kind != "EC") return fmt::format("its kty is \"{}\"; expected RSA or EC", kind);
  if (kind == "EC" && curve_bits(text_of(key, "crv")) == 0)
    return fmt::format("its curve is \"{}\"; expected P-256, P-384 or P-521", text_of(key, "crv"));
  if (kind == "RSA" && !is_usable_exponent(text_of(key, "e"))) return "its numbers are no key (e)";
  if (key.contains("d")) return "it shows its private half";
  if (key.contains("use") && text_of(key, "use") != "sig") return "its use is not sig";
  if (const json::value* operations = key.if_contains("key_ops")) {
    const auto* list = operations->if_array();
    if (list == nullptr || std::ranges::find(*list, json::value("verify")) == list->end())
      return "its key_ops have no verify";
  }
  if (key.contains("alg") && !is_known_algorithm(text_of(key, "alg")))
    return fmt::format("its alg is \"{}\"", text_of(key, "alg"));
  if (key.contains("kid") && !key.at("kid").is_string()) return "its kid is no text";
  if (text_of(key, "kid").size() > key_id_bytes_max) return "its kid is too long";
  return {};
}

// What is sure of it goes on to cjose: nothing but the numbers.
std::string bare(const json::object& key) {
  json::object made;
  for (const std::string_view name : {"kty", "n", "e", "crv", "x", "y"}) {
    if (const json::value* value = key.if_contains(name)) made.emplace(name, *value);
  }
  return json::serialize(made);
}

std::shared_ptr<const IssuerKey> read_key(const json::object& object, std::string& why) {
  why = objection(object);
  if (!why.empty()) return nullptr;
  cjose_err error{};
  const std::string text = bare(object);
  IssuerKey::Made made{.handle = cjose_jwk_import(text.data(), text.size(), &error),
                       .key_id = std::string(text_of(object, "kid")),
                       .algorithm = std::string(text_of(object, "alg")),
                       .fingerprint = sha256_hex(json::serialize(object)),
                       .elliptic = text_of(object, "kty") == "EC"};
  if (made.handle == nullptr) {
    why = fmt::format("its numbers are no key ({})", error.message == nullptr ? "unknown" : error.message);
    return nullptr;
  }
  made.bits =
      made.elliptic ? curve_bits(text_of(object, "crv")) : static_cast<int>(cjose_jwk_get_keysize(made.handle, &error));
  const int bits = made.bits;
  const bool elliptic = made.elliptic;
  auto key = std::make_shared<const IssuerKey>(std::move(made));
  if (elliptic || (bits >= rsa_bits_min && bits <= rsa_bits_max)) return key;
  why = fmt::format("it is an RSA key of {} bits; expected {} to {}", bits, rsa_bits_min, rsa_bits_max);
  return nullptr;
}

}  // namespace

std::span<const std::string_view> known_algorithms() { return names; }

bool is_known_algorithm(std::string_view name) { return find_algorithm(name) != nullptr; }

void IssuerKey::Release::operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }

IssuerKey::IssuerKey(Made made) : made_(std::move(made)), handle_(made_.handle) {}

bool IssuerKey::fits(std::string_view algorithm) const {
  const Algorithm* wanted = find_algorithm(algorithm);
  if (wanted == nullptr || wanted->elliptic != made_.elliptic) return false;
  if (!made_.algorithm.empty() && made_.algorithm != algorithm) return false;
  return !made_.elliptic || curve_bits(wanted->curve) == made_.bits;
}

bool IssuerKey::verify(std::string_view token, std::string_view algorithm, size_t signature_bytes) const {
  if (!fits(algorithm)) return false;
  const size_t expected =
      made_.elliptic ? find_algorithm(algorithm)->signature_bytes : static_cast<size_t>(made_.bits + 7) / 8;
  if (signature_bytes != expected) return false;
  cjose_err error{};
  cjose_jws_t* jws = cjose_jws_import(token.data(), token.size(), &error);
  if (jws == nullptr) return false;
  const bool good = cjose_jws_verify(jws, handle_.get(), &error);
  cjose_jws_release(jws);
  return good;
}

std::vector<std::shared_ptr<const IssuerKey>> KeySet::candidates(std::string_view key_id,
                                                                 std::string_view algorithm) const {
  std::vector<std::shared_ptr<const IssuerKey>> found;
  for (const auto& key : keys) {
    if (key->fits(algorithm) && (key_id.empty() || key->key_id() == key_id)) found.push_back(key);
  }
  if (key_id.empty() && found.size() > 1) found.clear();
  if (found.size() > keys_of_one_id_max) found.resize(keys_of_one_id_max);
  return found;
}

bool KeySet::contains(std::string_view fingerprint) const {
  return std::ranges::any_of(keys, [&](const auto& key) { return key->fingerprint() == fingerprint; });
}

Result<KeySet> parse_jwks(std::string_view text) {
  if (text.size() > jwks_bytes_max)
    return fail(codes::issuer_unreachable, "Its key set has more than {} bytes.", jwks_bytes_max);
  const auto document = parse_strict_object(text);
  const json::value* list = document ? document->if_contains("keys") : nullptr;
  if (list == nullptr || !list->is_array())
    return fail(codes::issuer_unreachable, "Its key set is no JSON object with a list of keys.");
  if (list->get_array().size() > jwks_keys_max)
    return fail(codes::issuer_unreachable, "Its key set has {} keys; at most {} are taken.", list->get_array().size(),
                jwks_keys_max);
  KeySet set;
  for (const json::value& each : list->get_array()) {
    if (!each.is_object()) return fail(codes::issuer_unreachable, "A key of its set is no JSON object.");
    std::string why;
    if (auto key = read_key(each.get_object(), why)) {
      set.keys.push_back(std::move(key));
    } else {
      set.unusable.push_back(fmt::format("key \"{}\": {}", text_of(each.get_object(), "kid"), why));
    }
  }
  return set;
}

}  // namespace lakegate::auth
