// BodyTerms: what an upload's header says about its body, checked before the first byte of it is asked for.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "http/request.h"
#include "upload/body_digest.h"

namespace lakegate::upload {

struct BodyTerms {
  std::optional<int64_t> length;  // of the file, announced; none for chunked and multipart bodies; 0 without a body
  std::string boundary;           // of a multipart body, whose file is stored and never its envelope; else empty
  BodyDigest digest;
};

// Content-Type is not looked at, apart from multipart. `content_encoding_unsupported`, `unsupported_content_type` (of
// multipart other than form-data), `malformed_request` (no usable boundary), `digest_invalid`, also of a multipart
// body: the field would be of the envelope.
Result<BodyTerms> read_body_terms(const http::Request& request);

}  // namespace lakegate::upload
