#include "server/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "server/setting_table.h"

namespace lakegate::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A settings file that goes with the test.
class File {
 public:
  explicit File(std::string_view text)
      : path_(std::filesystem::temp_directory_path() / fmt::format("lakegate-settings-{}", ::getpid())) {
    std::ofstream(path_) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  std::string path() const { return path_; }

 private:
  std::filesystem::path path_;
};

LoadedSettings load(const SettingSources& sources) {
  auto loaded = load_settings(sources);
  EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : loaded.error().message);
  return loaded.value_or(LoadedSettings{});
}

TEST(Settings, FileIsWeakerThanEnvironmentThanFlags) {
  const File file(
      "listen = '1.1.1.1:1'\n[upload]\nwhole_file_bytes_max = '1MiB'\npart_bytes_max = 7\n[http]\naccess_log = "
      "false\n");
  const auto loaded =
      load({.file = file.path(),
            .environment = {{"LAKEGATE_LISTEN", "2.2.2.2:2"}, {"LAKEGATE_UPLOAD_PART_BYTES_MAX", "8"}, {"HOME", "/"}},
            .flags = {{"listen", "3.3.3.3:3"}}});
  EXPECT_EQ(loaded.values.listen, "3.3.3.3:3");
  EXPECT_EQ(loaded.values.upload_part_bytes_max, 8);
  EXPECT_EQ(loaded.values.upload_whole_file_bytes_max, 1 << 20);
  EXPECT_FALSE(loaded.values.http_access_log);
  EXPECT_EQ(loaded.values.data, "./lakegate-data");
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_EQ(loaded.origins.at("upload.part_bytes_max"), "LAKEGATE_UPLOAD_PART_BYTES_MAX");
}

TEST(Settings, UnknownNamesAreWarnedOfWithTheNearestKnown) {
  const File file("[upload]\nwhole_file_byte_max = 1\n");
  const auto loaded =
      load({.file = file.path(), .environment = {{"LAKEGATE_LISTN", "x"}, {"LAKEGATE_URL", "http://x"}}});
  EXPECT_THAT(loaded.warnings, ElementsAre(HasSubstr("Did you mean upload.whole_file_bytes_max?"),
                                           HasSubstr("Did you mean LAKEGATE_LISTEN?")));
}

TEST(Settings, FirstTenantAndOrgComeFromTheirVariables) {
  const auto loaded = load({.environment = {{"LAKEGATE_TENANT", "northwind"}, {"LAKEGATE_ORG", "77@AdobeOrg"}}});
  EXPECT_EQ(loaded.values.tenant, "northwind");
  EXPECT_EQ(loaded.values.org, "77@AdobeOrg");
}

void check_refused(const SettingSources& sources, std::string_view expected) {
  SCOPED_TRACE(expected);
  const auto loaded = load_settings(sources);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_THAT(loaded.error().message, HasSubstr(expected));
}

TEST(Settings, RefusalsNameSettingFoundAndExpected) {
  check_refused({.flags = {{"http.pool_threads", "many"}}},
                "Setting http.pool_threads: found \"many\", expected a whole number.");
  check_refused({.flags = {{"http.pool_threads", "0"}}}, "found 0, expected 2 to 1024");
  check_refused({.flags = {{"http.idle_timeout", "30"}}}, "a time with its unit");
  check_refused({.flags = {{"catalog.active_status", "done"}}}, "expected one of active|success");
  check_refused({.flags = {{"auth.enabled", "no"}}}, "expected true or false");
  check_refused({.flags = {{"no.such", "1"}}}, "Unknown setting no.such");
  check_refused({.environment = {{"LAKEGATE_HTTP_POOL_THREADS", "-1"}}}, "It was set by LAKEGATE_HTTP_POOL_THREADS.");
  check_refused({.file = "/no/such/file.toml"}, "/no/such/file.toml");
  const File broken("listen = \n");
  check_refused({.file = broken.path()}, "line 1");
  const File wrong_type("listen = [1]\n");
  check_refused({.file = wrong_type.path()}, "line 1: expected text");
}

struct ValueCase {
  std::string_view setting;
  std::string_view text;
  std::optional<std::string_view> shown;  // nothing: refused
};

TEST(SettingTable, ReadsUnits) {
  for (const ValueCase& row : std::vector<ValueCase>{{"upload.part_bytes_max", "512000000", "512000000"},
                                                     {"upload.part_bytes_max", "1KiB", "1024"},
                                                     {"upload.part_bytes_max", "2GB", "2000000000"},
                                                     {"upload.part_bytes_max", "9999999TiB", std::nullopt},
                                                     {"upload.part_bytes_max", "1kb", std::nullopt},
                                                     {"upload.part_bytes_max", " 1", std::nullopt},
                                                     {"upload.part_bytes_max", "", std::nullopt},
                                                     {"upload.part_bytes_max", "1.5MiB", std::nullopt},
                                                     {"http.idle_timeout", "1500ms", "1500ms"},
                                                     {"http.idle_timeout", "90s", "90s"},
                                                     {"http.idle_timeout", "120s", "2m"},
                                                     {"storage.reader_grace", "24h", "1d"},
                                                     {"storage.reader_grace", "0", "0d"},
                                                     {"storage.reader_grace", "1w", std::nullopt},
                                                     {"catalog.active_status", "success", "success"},
                                                     {"catalog.active_status", "", std::nullopt},
                                                     {"catalog.active_status", "active|success", std::nullopt}}) {
    SCOPED_TRACE(row.text);
    Settings settings;
    const SettingRow* setting = find_setting(row.setting);
    ASSERT_NE(setting, nullptr);
    const Status done = set_value(*setting, row.text, settings);
    ASSERT_EQ(done.has_value(), row.shown.has_value());
    if (row.shown) {
      EXPECT_EQ(value_text(*setting, settings), *row.shown);
    }
  }
}

// A default that its own row would refuse could not be written into a file.
TEST(SettingTable, EveryDefaultCanBeSet) {
  std::set<std::string_view> names;
  for (const SettingRow& row : setting_table()) {
    SCOPED_TRACE(row.name);
    Settings settings;
    EXPECT_TRUE(set_value(row, value_text(row, Settings{}), settings).has_value());
    EXPECT_EQ(value_text(row, settings), value_text(row, Settings{}));
    EXPECT_TRUE(names.insert(row.name).second);
    EXPECT_FALSE(row.description.empty());
  }
}

}  // namespace
}  // namespace lakegate::server
