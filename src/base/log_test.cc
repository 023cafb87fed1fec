#include "base/log.h"

#include <gtest/gtest.h>

#include "base/error_codes.h"
#include "base/id.h"

namespace lakegate {
namespace {

using log::Field;
using log::Fields;
using log::Format;

std::string text(std::string_view message, Fields fields = {}) {
  return log::render(Format::text, message, {fields.begin(), fields.size()});
}
std::string json(std::string_view message, Fields fields = {}) {
  return log::render(Format::json, message, {fields.begin(), fields.size()});
}

TEST(Log, ALineIsASentenceAndItsFacts) {
  const Id<struct Some> id("01J");
  const Fields fields{{"id", id},      {"org", Number<struct Some>{7}}, {"count", 3U}, {"ms", 1.5},
                      {"quick", true}, {"word", std::string("a")},      {"none", ""}};
  EXPECT_EQ(text("It went", fields), R"(It went id=01J org=7 count=3 ms=1.500 quick=true word=a)");
  EXPECT_EQ(json("It went", fields),
            R"("message":"It went","id":"01J","org":7,"count":3,"ms":1.500,"quick":true,"word":"a")");
}

TEST(Log, AnErrorIsItsMessageAndItsCode) {
  const Error error{&codes::unavailable, "Come again."};
  EXPECT_EQ(json("No", {{"cause", error}}),
            fmt::format(R"("message":"No","cause":"Come again.","code":"{}")", codes::unavailable.id));
}

// A client chooses paths and names: none of them ends the line, or looks like a fact of ours.
void check(std::string_view found, std::string_view as_text, std::string_view as_json) {
  SCOPED_TRACE(found);
  EXPECT_EQ(text("m", {{"f", found}}), fmt::format("m f={}", as_text));
  EXPECT_EQ(json("m", {{"f", found}}), fmt::format(R"("message":"m","f":{})", as_json));
}

TEST(Log, WhatAClientChoseStaysWhereItIs) {
  check("a/b.parquet", "a/b.parquet", R"("a/b.parquet")");
  check("a b", R"("a b")", R"("a b")");
  check("x org=evil", R"("x org=evil")", R"("x org=evil")");
  check("x=1", R"("x=1")", R"("x=1")");
  check("a\nINFO b", R"("a\u000aINFO b")", R"("a\u000aINFO b")");
  check("a\"b\\", R"("a\"b\\")", R"("a\"b\\")");
  check("\x1b[31m", R"("\u001b[31m")", R"("\u001b[31m")");
  check("a\u0085b", R"("a\u0085b")", R"("a\u0085b")");
  check("a\u009b31m", R"("a\u009b31m")", R"("a\u009b31m")");
  check("a\u2028b\u2029", R"("a\u2028b\u2029")", R"("a\u2028b\u2029")");
  check("\u202etxt\u2066\u200f\u061c", R"("\u202etxt\u2066\u200f\u061c")", R"("\u202etxt\u2066\u200f\u061c")");
  check("\u00a0€–؛\u2027\u2030", "\"\u00a0€–؛\u2027\u2030\"", "\"\u00a0€–؛\u2027\u2030\"");
  check("ä", R"("ä")", R"("ä")");
  check("\xC3(", "\"\xEF\xBF\xBD(\"", "\"\xEF\xBF\xBD(\"");
  EXPECT_EQ(text("two\nlines"), "two lines");
}

TEST(Log, AThreadsContextGoesWithItsLines) {
  const log::Context request({{"request_id", "r"}, {"batch", "outer"}});
  {
    const log::Context work({{"batch", "inner"}, {"dataset", "d"}});
    EXPECT_EQ(text("m", {{"dataset", "own"}}), "m dataset=own batch=inner request_id=r");
  }
  EXPECT_EQ(text("m"), "m request_id=r batch=outer");
}

}  // namespace
}  // namespace lakegate
