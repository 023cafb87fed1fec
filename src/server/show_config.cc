#include "server/show_config.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>

namespace lakegate::server {
namespace {

void print_json(const std::vector<ShownSetting>& settings) {
  boost::json::array list;
  for (const ShownSetting& setting : settings) {
    list.push_back({{"name", setting.name},
                    {"value", setting.value},
                    {"default", setting.default_value},
                    {"origin", setting.origin},
                    {"type", setting.type},
                    {"environment", setting.environment},
                    {"description", setting.description}});
  }
  std::puts(boost::json::serialize(list).c_str());
}

// Comments of a TOML file could hold this as it is.
void print_lines(const std::vector<ShownSetting>& settings) {
  size_t width = 0;
  for (const ShownSetting& setting : settings) width = std::max(width, setting.name.size() + 3 + setting.value.size());
  for (const ShownSetting& setting : settings) {
    const std::string pair = setting.name + " = " + setting.value;
    std::puts(fmt::format("{:<{}}  # {}; {}", pair, width, setting.origin, setting.description).c_str());
  }
}

}  // namespace

int show_config(const LoadedSettings& loaded, bool json) {
  for (const std::string& warning : loaded.warnings) std::fprintf(stderr, "lakegate: %s\n", warning.c_str());
  const std::vector<ShownSetting> settings = show_settings(loaded);
  if (json) {
    print_json(settings);
  } else {
    print_lines(settings);
  }
  return 0;
}

}  // namespace lakegate::server
