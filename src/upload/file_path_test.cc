#include "upload/file_path.h"

#include <gtest/gtest.h>

#include <string>

namespace lakegate::upload {
namespace {

void check(std::string_view path, bool usable) {
  SCOPED_TRACE(std::string(path));
  EXPECT_EQ(check_file_path(path).has_value(), usable);
}

TEST(FilePath, KeepsNamesAndRefusesTricks) {
  check("a.parquet", true);
  check("part1=a/part2=b/x.parquet", true);
  check("deep/er/and/deeper/x", true);
  check("with #hash?and\\back%2e%2e", true);
  check("größe/ファイル.parquet", true);
  check("...", true);
  check("..a/b..", true);
  check(std::string(1024, 'x'), true);
  check("", false);
  check(std::string(1025, 'x'), false);
  check("/a", false);
  check("a/", false);
  check("a//b", false);
  check(".", false);
  check("..", false);
  check("a/../b", false);
  check("a/./b", false);
  check(std::string_view("a\0b", 3), false);
  check("a\nb", false);
  check("a\x7f", false);
  check("a\xff", false);
  check("\xc0\xae\xc0\xae/x", false);  // over-long dots
  check("\xed\xa0\x80", false);        // a lone surrogate
}

}  // namespace
}  // namespace lakegate::upload
