// What RSA keys of both kinds need of OpenSSL.
#pragma once

#include <string>
#include <string_view>

using EVP_PKEY = struct evp_pkey_st;

namespace lakegate::auth {

// RFC 7638 thumbprint of the public key, in base 64.
std::string thumbprint(const EVP_PKEY& key);

// RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518 section 3.3.
bool verify_rs256(EVP_PKEY* key, std::string_view bytes, std::string_view signature);

}  // namespace lakegate::auth
