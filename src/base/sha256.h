// SHA-256.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // OpenSSL's

namespace lakegate {

// Of bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::span<const std::byte> bytes);
  // As sha256_hex. Nothing more may follow.
  std::string hex() &&;

 private:
  evp_md_ctx_st* context_;
};

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view text);

}  // namespace lakegate
