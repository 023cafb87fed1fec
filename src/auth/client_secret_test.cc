#include "auth/client_secret.h"

#include <gtest/gtest.h>

namespace lakegate::auth {
namespace {

TEST(ClientSecret, MatchesItsOwnHashOnly) {
  SystemRandom random;
  const std::string secret = make_client_secret(random);
  const std::string hash = hash_client_secret(secret, random);
  EXPECT_TRUE(client_secret_matches(secret, hash));
  EXPECT_FALSE(client_secret_matches(secret + "x", hash));
  EXPECT_FALSE(client_secret_matches(secret.substr(0, secret.size() - 1), hash));
  EXPECT_FALSE(client_secret_matches("", hash));
  EXPECT_FALSE(client_secret_matches(make_client_secret(random), hash));
}

TEST(ClientSecret, HashIsSaltedAndHoldsNoSecret) {
  SystemRandom random;
  const std::string secret = make_client_secret(random);
  const std::string hash = hash_client_secret(secret, random);
  EXPECT_NE(hash, hash_client_secret(secret, random));
  EXPECT_EQ(hash.find(secret), std::string::npos);
  EXPECT_EQ(hash.find(secret.substr(4, 8)), std::string::npos);
}

TEST(ClientSecret, IsLongAndNeverTheSame) {
  SystemRandom random;
  EXPECT_EQ(make_client_secret(random).size(), 4U + 43U);
  EXPECT_NE(make_client_secret(random), make_client_secret(random));
}

TEST(ClientSecret, ADamagedHashMatchesNothing) {
  for (const std::string_view hash :
       {"", ":", "pbkdf2-sha256", "pbkdf2-sha256:4096:c2FsdA:", "pbkdf2-sha256:0:c2FsdA:AAAA",
        "pbkdf2-sha256:x:c2FsdA:AAAA", "pbkdf2-sha256:2000000:c2FsdA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "plain:1:c2FsdA:c2VjcmV0", "secret"}) {
    EXPECT_FALSE(client_secret_matches("secret", hash)) << hash;
    EXPECT_FALSE(client_secret_matches("", hash)) << hash;
  }
}

}  // namespace
}  // namespace lakegate::auth
