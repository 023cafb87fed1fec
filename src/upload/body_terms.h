// BodyTerms: what an upload's header says about its body, checked before the first byte of it is asked for.
#pragma once

#include <optional>

#include "base/result.h"
#include "http/request.h"
#include "upload/body_digest.h"

namespace lakegate::upload {

struct BodyTerms {
  std::optional<int64_t> length;  // announced; none for chunked bodies; 0 without a body
  BodyDigest digest;
};

// Content-Type is not looked at, apart from multipart: an envelope is never stored.
// `content_encoding_unsupported`, `unsupported_content_type`, `digest_invalid`.
Result<BodyTerms> read_body_terms(const http::Request& request);

}  // namespace lakegate::upload
