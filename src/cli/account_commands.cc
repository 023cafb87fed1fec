#include <cstdio>

#include "cli/commands.h"
#include "cli/json_reading.h"

namespace lakegate::cli {

namespace json = boost::json;

Result<ExitStatus> print_token(const CommonOptions& common) {
  LG_ASSIGN(const Target target, load_target(common.target));
  HttpClient http(target.ca_file);
  LG_ASSIGN(const json::object answer, TokenHolder::fetch(http, target));
  if (common.json) {
    print_json(answer);
  } else {
    std::puts(text_member(answer, "access_token").c_str());
  }
  return done;
}

}  // namespace lakegate::cli
