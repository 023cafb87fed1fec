// The one table of settings: parsing, `config show` and the documentation all read it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "server/settings.h"

namespace lakegate::server {

enum class SettingType { boolean, integer, bytes, duration, text, choice };

using SettingMember =
    std::variant<bool Settings::*, int64_t Settings::*, Milliseconds Settings::*, std::string Settings::*>;

struct SettingRow {
  std::string_view name;  // "upload.whole_file_bytes_max"; in the environment LAKEGATE_UPLOAD_WHOLE_FILE_BYTES_MAX
  SettingMember member;
  SettingType type;
  std::string_view description;
  int64_t minimum = 0;  // numbers; milliseconds of durations
  int64_t maximum = INT64_MAX;
  std::string_view choices = {};  // of a choice, between '|'
};

std::span<const SettingRow> setting_table();
const SettingRow* find_setting(std::string_view name);
std::string environment_name(std::string_view setting);
std::string_view to_string(SettingType type);

// Reads `text` into the row's member. Bytes take KiB, MiB, GiB, TiB (1024), KB, MB, GB, TB (1000); durations ms, s, m,
// h, d. `invalid_argument` names the setting, what was found and what is expected.
Status set_value(const SettingRow& row, std::string_view text, Settings& settings);
// What set_value would read back.
std::string value_text(const SettingRow& row, const Settings& settings);

}  // namespace lakegate::server
