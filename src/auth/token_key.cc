#include "auth/token_key.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "auth/rsa.h"
#include "base/durable_file.h"
#include "base/error_codes.h"

namespace lakegate::auth {
namespace {

constexpr int key_bits = 2048;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;
using Digest = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

void TokenKey::Free::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

TokenKey::TokenKey(Handle key) : key_(std::move(key)), key_id_(thumbprint(*key_)) {}

Result<TokenKey> TokenKey::generate() {
  Handle key(EVP_RSA_gen(key_bits));
  if (!key) return fail(codes::internal, "OpenSSL could not make an RSA key of {} bits.", key_bits);
  return TokenKey(std::move(key));
}

Result<TokenKey> TokenKey::from_pem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // Without the callback OpenSSL would ask a terminal for the passphrase of an encrypted key.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  Handle key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
  if (!key) return fail(codes::corrupt, "The token key is not an unencrypted PEM private key.");
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key.get()) < key_bits) {
    return fail(codes::corrupt, "The token key is not an RSA key of {} bits or more.", key_bits);
  }
  return TokenKey(std::move(key));
}

Result<TokenKey> TokenKey::load_or_create(const std::filesystem::path& path) {
  if (std::error_code ignored; std::filesystem::exists(path, ignored)) {
    std::ifstream file(path, std::ios::binary);
    const std::string pem{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) return fail(codes::internal, "Cannot read the token key {}.", path.string());
    auto key = from_pem(pem);
    if (!key) {
      return fail(*key.error().code,
                  "{}: {} Remove the file to have a new key made; tokens in use will then be refused.", path.string(),
                  key.error().message);
    }
    return key;
  }
  LG_ASSIGN(TokenKey key, generate());
  LG_TRY(write_private_file(path, key.to_pem()));
  return key;
}

std::string TokenKey::to_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    std::abort();
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

std::string TokenKey::sign(std::string_view bytes) const {
  const Digest context(EVP_MD_CTX_new());
  size_t size = 0;
  std::string signature;
  bool done = context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
              EVP_DigestSign(context.get(), nullptr, &size, bytes_of(bytes), bytes.size()) == 1;
  if (done) {
    signature.resize(size);
    done = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(bytes),
                          bytes.size()) == 1;
  }
  if (!done) std::abort();  // a sound key signs; only a lack of memory stops it
  signature.resize(size);
  return signature;
}

bool TokenKey::verify(std::string_view bytes, std::string_view signature) const {
  return verify_rs256(key_.get(), bytes, signature);
}

}  // namespace lakegate::auth
