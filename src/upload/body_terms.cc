#include "upload/body_terms.h"

#include "base/ascii.h"
#include "model/error_codes.h"

namespace lakegate::upload {

Result<BodyTerms> read_body_terms(const http::Request& request) {
  const std::string_view coding = ascii::trim(request.header("Content-Encoding").value_or(""));
  if (!coding.empty() && !ascii::equals_ignoring_case(coding, "identity")) {
    return fail(codes::content_encoding_unsupported,
                "Content-Encoding \"{}\" is not supported: the body is stored byte for byte. Send the file itself, "
                "without this header.",
                coding);
  }
  if (ascii::starts_with_ignoring_case(ascii::trim(request.header("Content-Type").value_or("")), "multipart/")) {
    return fail(codes::unsupported_content_type,
                "A multipart envelope cannot be stored as a file. Send the file's bytes alone, e.g. with curl "
                "--data-binary @FILE "
                "and Content-Type application/octet-stream.");
  }
  LG_ASSIGN(BodyDigest digest, BodyDigest::from_headers(request.header("Content-Digest").value_or(""),
                                                        request.header("Content-MD5").value_or("")));
  BodyTerms terms{.length = request.content_length, .digest = std::move(digest)};
  if (!terms.length && !request.chunked) terms.length = 0;
  return terms;
}

}  // namespace lakegate::upload
