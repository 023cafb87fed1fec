#include <cstdio>

#include "cli/commands.h"

namespace lakegate::cli {

Result<ApiClient> connect(const CommonOptions& common) {
  LG_ASSIGN(Target target, load_target(common.target));
  return ApiClient(std::make_shared<TokenHolder>(std::move(target)));
}

void print_json(const boost::json::value& value) { std::puts(boost::json::serialize(value).c_str()); }

}  // namespace lakegate::cli
