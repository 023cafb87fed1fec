#include "api/preferences.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lakegate::api {
namespace {

int64_t wait(std::vector<std::string> fields) {
  http::Request request;
  for (std::string& field : fields) request.headers.add("prefer", std::move(field));
  return preferred_wait(request).value_or(std::chrono::seconds(-1)).count();
}

TEST(Preferences, Wait) {
  EXPECT_EQ(wait({"wait=10"}), 10);
  EXPECT_EQ(wait({"WAIT = \"10\""}), 10);
  EXPECT_EQ(wait({"respond-async, wait=100; x=1"}), 100);
  EXPECT_EQ(wait({"handling=lenient", "wait=7, wait=9"}), 7);
  EXPECT_EQ(wait({"wait=99999999999999999999"}), 1'000'000'000);
}

TEST(Preferences, WhatIsNotUnderstoodIsLeftOut) {
  for (const char* field : {"", "wait", "wait=", "wait=0", "wait=-1", "wait=+1", "wait=1.5", "wait=1s", "wait=x",
                            "waiting=5", "return=minimal;wait=5", "wait=\"", "wait=\"\""}) {
    EXPECT_EQ(wait({field}), -1) << field;
  }
  EXPECT_EQ(wait({}), -1);
}

}  // namespace
}  // namespace lakegate::api
