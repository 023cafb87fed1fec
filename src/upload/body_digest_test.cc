#include "upload/body_digest.h"

#include <gtest/gtest.h>

namespace lakegate::upload {
namespace {

constexpr std::string_view sha256_of_abc = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:";
constexpr std::string_view sha512_of_abc =
    "sha-512=:3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==:";
constexpr std::string_view md5_of_abc = "kAFQmDzST7DWlj99KOF/cg==";

// Expected: the error's code, or "good", or "unwanted" where nothing is checked.
void check(std::string_view content_digest, std::string_view content_md5, std::string_view body,
           std::string_view expected) {
  SCOPED_TRACE(fmt::format("{} | {} | {}", content_digest, content_md5, body));
  auto digest = BodyDigest::from_headers(content_digest, content_md5);
  if (!digest) {
    EXPECT_EQ(digest.error().code->id, expected);
    return;
  }
  if (!digest->wanted()) {
    EXPECT_EQ("unwanted", expected);
    return;
  }
  // In two pieces, as a body comes.
  const auto bytes = std::as_bytes(std::span(body));
  digest->update(bytes.first(bytes.size() / 2));
  digest->update(bytes.subspan(bytes.size() / 2));
  const Status verdict = digest->verify();
  EXPECT_EQ(verdict ? "good" : verdict.error().code->id, expected);
}

TEST(BodyDigest, ChecksWhatIsAnnounced) {
  check("", "", "abc", "unwanted");
  check(sha256_of_abc, "", "abc", "good");
  check(sha512_of_abc, "", "abc", "good");
  check("", md5_of_abc, "abc", "good");
  check(fmt::format("{}, {}", sha256_of_abc, sha512_of_abc), md5_of_abc, "abc", "good");
  check(fmt::format("crc32c=:AAAAAA==:,{}", sha256_of_abc), "", "abc", "good");
  check("crc32c=:AAAAAA==:", "", "abc", "unwanted");
  check(fmt::format("{};note=1", sha256_of_abc), "", "abc", "good");
  check(sha256_of_abc, "", "abd", "LG-1213-400");
  check(fmt::format("{}, {}", sha256_of_abc, sha512_of_abc), "", "", "LG-1213-400");
  check("", md5_of_abc, "ab", "LG-1213-400");
}

TEST(BodyDigest, RefusesWhatItCannotRead) {
  check("sha-256", "", "abc", "LG-1214-400");
  check("sha-256=ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", "", "abc", "LG-1214-400");
  check("sha-256=:ung:", "", "abc", "LG-1214-400");
  check("sha-256=:kAFQmDzST7DWlj99KOF/cg==:", "", "abc", "LG-1214-400");
  check("", "!!!!", "abc", "LG-1214-400");
}

TEST(BodyDigest, RemembersTheSha256) {
  auto digest = BodyDigest::from_headers(sha256_of_abc, "");
  ASSERT_TRUE(digest.has_value());
  digest->update(std::as_bytes(std::span(std::string_view("abc"))));
  ASSERT_TRUE(digest->verify().has_value());
  EXPECT_EQ(digest->sha256(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace lakegate::upload
