#include "http/tls.h"

#include <openssl/ssl.h>

#include "base/error_codes.h"

namespace lakegate::http {

namespace ssl = boost::asio::ssl;

Result<std::unique_ptr<ssl::context>> make_tls_context(const std::string& certificate_file,
                                                       const std::string& key_file) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // idle connections hold no record buffers
  boost::system::error_code error;
  context->use_certificate_chain_file(certificate_file, error);
  if (error) {
    return fail(codes::invalid_argument,
                "The TLS certificate '{}' cannot be used: {}. Expected is a PEM file with the server's certificate, "
                "then its chain.",
                certificate_file, error.message());
  }
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) {
    return fail(codes::invalid_argument,
                "The TLS key '{}' cannot be used: {}. Expected is the PEM file of the key that belongs to '{}', "
                "without a pass phrase.",
                key_file, error.message(), certificate_file);
  }
  return context;
}

}  // namespace lakegate::http
