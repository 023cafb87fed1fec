#include "upload/body_digest.h"

#include <openssl/evp.h>

#include <array>
#include <cassert>
#include <optional>

#include "base/ascii.h"
#include "model/error_codes.h"

namespace lakegate::upload {
namespace {

struct Algorithm {
  std::string_view name;
  const EVP_MD* (*digest)();
  size_t length;
};

constexpr std::array algorithms = {Algorithm{"sha-256", EVP_sha256, 32}, Algorithm{"sha-512", EVP_sha512, 64},
                                   Algorithm{"md5", EVP_md5, 16}};

const Algorithm* find_algorithm(std::string_view name) {
  for (const Algorithm& algorithm : algorithms) {
    if (algorithm.name == name) return &algorithm;
  }
  return nullptr;
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > 128) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const int written =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  if (written < 0) return std::nullopt;
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  out.resize(static_cast<size_t>(written) - padding);
  return out;
}

std::unexpected<Error> refuse(std::string_view header, std::string_view value, std::string_view why) {
  return fail(codes::digest_invalid, "{} \"{}\": {}", header, value, why);
}

}  // namespace

struct BodyDigest::Check {
  const Algorithm& algorithm;
  std::string announced;  // raw bytes
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  Check(const Algorithm& which, std::string digest) : algorithm(which), announced(std::move(digest)) {
    [[maybe_unused]] const int ready = EVP_DigestInit_ex(context, algorithm.digest(), nullptr);
    assert(ready == 1);
  }
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;
  ~Check() { EVP_MD_CTX_free(context); }
};

void BodyDigest::CheckDeleter::operator()(Check* check) const { delete check; }

Result<BodyDigest> BodyDigest::from_headers(std::string_view content_digest, std::string_view content_md5) {
  BodyDigest digest;
  const auto add = [&](const Algorithm& algorithm, std::string_view header, std::string_view base64) -> Status {
    auto bytes = decode_base64(base64);
    if (!bytes) return refuse(header, base64, "this is not base64. Expected the digest's bytes in base64.");
    if (bytes->size() != algorithm.length) {
      return refuse(header, base64,
                    fmt::format("{} bytes; a {} digest has {}.", bytes->size(), algorithm.name, algorithm.length));
    }
    digest.checks_.emplace_back(new Check(algorithm, std::move(*bytes)));
    return {};
  };

  std::string_view rest = ascii::trim(content_digest);
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    const std::string_view member = ascii::trim(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : ascii::trim(rest.substr(comma + 1));
    const size_t equals = member.find('=');
    if (equals == std::string_view::npos) return refuse("Content-Digest", member, "expected e.g. sha-256=:BASE64:");
    const Algorithm* algorithm = find_algorithm(ascii::lower(member.substr(0, equals)));
    if (algorithm == nullptr) continue;
    std::string_view value = member.substr(equals + 1);
    value = value.substr(0, value.find(';'));
    if (value.size() < 2 || !value.starts_with(':') || !value.ends_with(':')) {
      return refuse("Content-Digest", member, "the digest belongs between colons, e.g. sha-256=:BASE64:");
    }
    LG_TRY(add(*algorithm, "Content-Digest", value.substr(1, value.size() - 2)));
  }
  if (const std::string_view md5 = ascii::trim(content_md5); !md5.empty()) {
    LG_TRY(add(*find_algorithm("md5"), "Content-MD5", md5));
  }
  return digest;
}

void BodyDigest::update(std::span<const std::byte> bytes) {
  for (auto& check : checks_) EVP_DigestUpdate(check->context, bytes.data(), bytes.size());
}

Status BodyDigest::verify() {
  for (auto& check : checks_) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> buffer;
    unsigned int length = 0;
    EVP_DigestFinal_ex(check->context, buffer.data(), &length);
    const std::string_view found(reinterpret_cast<const char*>(buffer.data()), length);
    if (found != check->announced) {
      return fail(
          codes::digest_mismatch,
          "The body's {} digest is {}, but the request announced {}. Nothing was kept: send the same bytes again.",
          check->algorithm.name, hex(found), hex(check->announced));
    }
    if (check->algorithm.name == "sha-256") sha256_ = hex(found);
  }
  return {};
}

}  // namespace lakegate::upload
