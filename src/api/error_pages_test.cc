#include "api/error_pages.h"

#include <gtest/gtest.h>

#include "auth/error_codes.h"
#include "model/error_codes.h"
#include "model/violation_codes.h"

namespace lakegate::api {
namespace {

constexpr std::string_view page =
    "# Errors\n\n## A topic\n\n### LG-1\n**One** · HTTP 400\n\nText.\n\n### LG-11\n**Eleven**\n";

TEST(ErrorPages, FindTheSectionOfACode) {
  const auto check = [](std::string_view code, std::string_view expected) {
    EXPECT_EQ(error_section(page, code), expected) << code;
  };
  check("LG-1", "### LG-1\n**One** · HTTP 400\n\nText.\n\n");
  check("LG-11", "### LG-11\n**Eleven**\n");
  check("LG", "");
  check("", "");
  check("LG-1\n**One** · HTTP 400", "");
}

TEST(ErrorPages, AreEmbedded) {
  ASSERT_EQ(error_page_texts().size(), 1U);
  const std::string_view text = error_page_texts().front();
  EXPECT_NE(error_section(text, codes::batch_wrong_state.id).find(codes::batch_wrong_state.title), std::string::npos);
  EXPECT_NE(error_section(text, codes::token_invalid.id), "");
  for (const ViolationCode& code : all_violation_codes()) EXPECT_NE(error_section(text, code.id), "") << code.id;
}

}  // namespace
}  // namespace lakegate::api
