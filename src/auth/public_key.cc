#include "auth/public_key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdlib>

#include "auth/rsa.h"
#include "base/error_codes.h"

namespace lakegate::auth {
namespace {

constexpr int bits_min = 2048;
constexpr int bits_max = 8192;  // the cost of a verification grows with the square
constexpr size_t pem_bytes_max = 64 * 1024;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

Bio reading(std::string_view pem) { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

EVP_PKEY* read_key(std::string_view pem) {
  const Bio bio = reading(pem);
  return bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr;
}

EVP_PKEY* read_certificate(std::string_view pem) {
  const Bio bio = reading(pem);
  const std::unique_ptr<X509, FreeCertificate> certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)
                                                               : nullptr);
  return certificate ? X509_get_pubkey(certificate.get()) : nullptr;
}

}  // namespace

void PublicKey::Free::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  if (pem.size() > pem_bytes_max)
    return fail(codes::invalid_argument, "The key has {} bytes; a PEM text has at most {}.", pem.size(), pem_bytes_max);
  if (pem.find("PRIVATE KEY") != std::string_view::npos) {
    return fail(codes::invalid_argument,
                "This is a private key, which must not leave its owner; replace it. Expected its public key or "
                "certificate in PEM.");
  }
  Handle key(read_key(pem));
  if (!key) key.reset(read_certificate(pem));
  ERR_clear_error();  // what was tried and did not fit
  if (!key) return fail(codes::invalid_argument, "Expected a public key or an X.509 certificate in PEM.");
  const int bits = EVP_PKEY_get_bits(key.get());
  if (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA && bits >= bits_min && bits <= bits_max)
    return PublicKey(std::move(key));
  return fail(codes::invalid_argument, "Expected an RSA key of {} to {} bits, since assertions are signed by RS256.",
              bits_min, bits_max);
}

std::string PublicKey::to_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), key_.get()) != 1) std::abort();
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

std::string PublicKey::key_id() const { return thumbprint(*key_); }

int PublicKey::bits() const { return EVP_PKEY_get_bits(key_.get()); }

bool PublicKey::verify(std::string_view bytes, std::string_view signature) const {
  return verify_rs256(key_.get(), bytes, signature);
}

}  // namespace lakegate::auth
