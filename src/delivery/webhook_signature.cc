#include "delivery/webhook_signature.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <span>
#include <utility>

namespace lakegate::delivery {
namespace {

namespace json = boost::json;

constexpr std::string_view prefix = "whsec_";
constexpr size_t key_bytes = 32;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string to_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes_of(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(length));
  return text;
}

// Of a text that to_base64 made.
std::string from_base64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 1, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytes_of(text), static_cast<int>(text.size()));
  if (length < 0) return {};
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(static_cast<size_t>(length) - padding);
  return bytes;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), out.data(), &length);
  return {reinterpret_cast<const char*>(out.data()), length};
}

}  // namespace

std::string new_signing_secret(Random& random) {
  std::array<std::byte, key_bytes> key{};
  random.fill(key);
  return std::string(prefix) + to_base64({reinterpret_cast<const char*>(key.data()), key.size()});
}

std::vector<SigningSecret> signing_secrets(const json::object& secrets) {
  std::vector<SigningSecret> found;
  const json::value* list = secrets.if_contains("signing");
  if (list == nullptr || !list->is_array()) return found;
  for (const json::value& one : list->get_array()) {
    const json::object* object = one.if_object();
    if (object == nullptr || !object->contains("secret") || !object->at("secret").is_string()) continue;
    const json::value* until = object->if_contains("until");
    found.push_back({.secret = std::string(object->at("secret").get_string()),
                     .until = until != nullptr && until->is_int64() ? until->get_int64() : 0});
  }
  return found;
}

json::object to_json(const std::vector<SigningSecret>& secrets) {
  json::array list;
  for (const SigningSecret& one : secrets) {
    json::object object{{"secret", one.secret}};
    if (one.until != 0) object.emplace("until", one.until);
    list.emplace_back(std::move(object));
  }
  return {{"signing", std::move(list)}};
}

std::string signatures(const std::vector<SigningSecret>& secrets, Millis now, std::string_view id, int64_t timestamp,
                       std::string_view body) {
  std::string all;
  const std::string signed_text = fmt::format("{}.{}.{}", id, timestamp, body);
  for (const SigningSecret& one : secrets) {
    if (one.until != 0 && one.until <= now) continue;
    const std::string key = from_base64(std::string_view(one.secret).substr(prefix.size()));
    if (!all.empty()) all += ' ';
    all += "v1," + to_base64(hmac_sha256(key, signed_text));
  }
  return all;
}

}  // namespace lakegate::delivery
