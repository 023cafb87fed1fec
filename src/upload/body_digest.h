// What the client says about its body's digest, and whether it is so. Content-Digest (RFC 9530: sha-256, sha-512)
// and Content-MD5 (RFC 1864).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakegate::upload {

// Feed it the body in order, then ask. One thread at a time.
class BodyDigest {
 public:
  // Either header may be empty (not sent). Algorithms of Content-Digest that we do not know are left out, as RFC 9530
  // section 2 allows. `digest_invalid`: not readable, or not as long as the algorithm's digest.
  static Result<BodyDigest> from_headers(std::string_view content_digest, std::string_view content_md5);

  // False when nothing is to be checked: the body need not pass through memory.
  bool wanted() const { return !checks_.empty(); }

  void update(std::span<const std::byte> bytes);

  // After the last byte, once. `digest_mismatch` names the algorithm, the announced and the found digest.
  Status verify();

  // Lower-case hexadecimal, when sha-256 was among the checks and verify() passed; else empty.
  const std::string& sha256() const { return sha256_; }

 private:
  struct Check;
  struct CheckDeleter {
    void operator()(Check* check) const;
  };
  std::vector<std::unique_ptr<Check, CheckDeleter>> checks_;
  std::string sha256_;
};

}  // namespace lakegate::upload
