#include "upload/body_terms.h"

#include <utility>

#include "base/ascii.h"
#include "http/header_parameter.h"
#include "model/error_codes.h"

namespace lakegate::upload {

namespace {

constexpr size_t boundary_bytes_max = 70;  // RFC 2046 section 5.1.1

// Empty where the body is the file itself.
Result<std::string> read_boundary(const http::Request& request) {
  const std::string_view type = ascii::trim(request.header("Content-Type").value_or(""));
  if (!ascii::starts_with_ignoring_case(type, "multipart/")) return std::string();
  if (!ascii::starts_with_ignoring_case(type, "multipart/form-data")) {
    return fail(codes::unsupported_content_type,
                "Content-Type {} is not an envelope that is opened here. Send the file's bytes alone as "
                "application/octet-stream, or as the part \"file\" of multipart/form-data.",
                type.substr(0, 100));
  }
  const auto boundary = http::header_parameter(type, "boundary");
  if (boundary && !boundary->empty() && boundary->size() <= boundary_bytes_max) return std::string(*boundary);
  return fail(codes::malformed_request, "Content-Type multipart/form-data needs a boundary of 1 to {} characters.",
              boundary_bytes_max);
}

}  // namespace

Result<BodyTerms> read_body_terms(const http::Request& request) {
  const std::string_view coding = ascii::trim(request.header("Content-Encoding").value_or(""));
  if (!coding.empty() && !ascii::equals_ignoring_case(coding, "identity")) {
    return fail(codes::content_encoding_unsupported,
                "Content-Encoding \"{}\" is not supported: the body is stored byte for byte. Send the file itself, "
                "without this header.",
                coding);
  }
  LG_ASSIGN(std::string boundary, read_boundary(request));
  LG_ASSIGN(BodyDigest digest, BodyDigest::from_headers(request.header("Content-Digest").value_or(""),
                                                        request.header("Content-MD5").value_or("")));
  if (!boundary.empty() && digest.wanted()) {
    return fail(codes::digest_invalid,
                "Content-Digest and Content-MD5 of a multipart body are of its envelope, which is not kept. Leave them "
                "out, or send the file's bytes alone.");
  }
  BodyTerms terms{.length = request.content_length, .boundary = std::move(boundary), .digest = std::move(digest)};
  if (!terms.length && !request.chunked) terms.length = 0;
  if (!terms.boundary.empty()) terms.length.reset();
  return terms;
}

}  // namespace lakegate::upload
