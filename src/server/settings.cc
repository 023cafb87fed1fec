#include "server/settings.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>

#include "base/ascii.h"
#include "base/error_codes.h"
#include "server/listen_address.h"
#include "server/setting_table.h"

namespace lakegate::server {
namespace {

// Variables of that prefix that are no settings: the client's, and those of builds and tests.
constexpr std::array other_variables = {"LAKEGATE_URL",    "LAKEGATE_CREDENTIALS", "LAKEGATE_CA_FILE",
                                        "LAKEGATE_CONFIG", "LAKEGATE_DEPS",        "LAKEGATE_CRASH_AT",
                                        "LAKEGATE_BIN",    "LAKEGATE_LINT_SECONDS"};

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string unknown_setting(std::string_view found, std::string_view where, std::string (*spell)(std::string_view)) {
  std::string nearest;
  size_t best = std::max<size_t>(3, found.size() / 4);
  for (const SettingRow& row : setting_table()) {
    const std::string known = spell(row.name);
    const size_t distance = edit_distance(found, known);
    if (distance < best) {
      best = distance;
      nearest = known;
    }
  }
  return fmt::format("Unknown setting {} in {}.{}", found, where,
                     nearest.empty() ? "" : " Did you mean " + nearest + "?");
}

std::string as_is(std::string_view name) { return std::string(name); }

class Loader {
 public:
  Result<LoadedSettings> load(const SettingSources& sources) {
    if (!sources.file.empty()) LG_TRY(read_file(sources.file));
    LG_TRY(read_environment(sources.environment));
    LG_TRY(read_flags(sources.flags));
    LG_TRY(parse_listen_address(loaded_.values.listen));
    return std::move(loaded_);
  }

 private:
  Status set(const SettingRow& row, std::string_view text, std::string origin) {
    const Status done = set_value(row, text, loaded_.values);
    if (!done) return fail(*done.error().code, "{} It was set by {}.", done.error().message, origin);
    loaded_.origins.insert_or_assign(std::string(row.name), std::move(origin));
    return {};
  }

  Status read_file(const std::string& path) {
    const toml::parse_result parsed = toml::parse_file(path);
    if (!parsed) {
      const toml::parse_error& error = parsed.error();
      if (error.source().begin.line == 0)
        return fail(codes::invalid_argument, "Cannot read the settings file {}: {}.", path, std::strerror(errno));
      return fail(codes::invalid_argument, "Settings file {}, line {}: {}.", path, error.source().begin.line,
                  std::string_view(error.description()));
    }
    return read_table(parsed.table(), "", path);
  }

  Status read_table(const toml::table& table, const std::string& prefix, const std::string& path) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      if (const toml::table* inner = node.as_table()) {
        LG_TRY(read_table(*inner, name + ".", path));
      } else {
        LG_TRY(read_node(name, node, path));
      }
    }
    return {};
  }

  Status read_node(const std::string& name, const toml::node& node, const std::string& path) {
    const SettingRow* row = find_setting(name);
    if (row == nullptr) {
      loaded_.warnings.push_back(unknown_setting(name, path, as_is) + " It is ignored.");
      return {};
    }
    std::string text;
    if (const auto value = node.value_exact<std::string>()) {
      text = *value;
    } else if (const auto number = node.value_exact<int64_t>()) {
      text = std::to_string(*number);
    } else if (const auto truth = node.value_exact<bool>()) {
      text = *truth ? "true" : "false";
    } else {
      return fail(codes::invalid_argument, "Setting {} in {}, line {}: expected {}.", name, path,
                  node.source().begin.line, to_string(row->type));
    }
    return set(*row, text, fmt::format("{}, line {}", path, node.source().begin.line));
  }

  Status read_environment(const std::vector<NamedValue>& environment) {
    for (const auto& [variable, value] : environment) {
      if (!variable.starts_with("LAKEGATE_") || std::ranges::find(other_variables, variable) != other_variables.end())
        continue;
      const auto row =
          std::ranges::find(setting_table(), variable, [](const SettingRow& r) { return environment_name(r.name); });
      if (row != setting_table().end()) {
        LG_TRY(set(*row, value, variable));
      } else {
        loaded_.warnings.push_back(unknown_setting(variable, "the environment", environment_name) + " It is ignored.");
      }
    }
    return {};
  }

  Status read_flags(const std::vector<NamedValue>& flags) {
    for (const auto& [name, value] : flags) {
      const SettingRow* row = find_setting(name);
      if (row == nullptr) return fail(codes::invalid_argument, "{}", unknown_setting(name, "the command line", as_is));
      LG_TRY(set(*row, value, "the command line"));
    }
    return {};
  }

  LoadedSettings loaded_;
};

}  // namespace

Result<LoadedSettings> load_settings(const SettingSources& sources) { return Loader().load(sources); }

std::vector<ShownSetting> show_settings(const LoadedSettings& loaded) {
  const Settings defaults;
  std::vector<ShownSetting> shown;
  for (const SettingRow& row : setting_table()) {
    const auto origin = loaded.origins.find(std::string(row.name));
    shown.push_back({.name = std::string(row.name),
                     .value = value_text(row, loaded.values),
                     .default_value = value_text(row, defaults),
                     .origin = origin == loaded.origins.end() ? "default" : origin->second,
                     .type = std::string(to_string(row.type)),
                     .environment = environment_name(row.name),
                     .description = std::string(row.description)});
  }
  return shown;
}

std::vector<NamedValue> process_environment() {
  std::vector<NamedValue> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals != std::string_view::npos) variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace lakegate::server
