#include "cli/target.h"

#include <boost/json.hpp>

#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "cli/error_codes.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr std::array members = {
    std::pair{"baseUrl", &Target::url},         std::pair{"orgId", &Target::org},
    std::pair{"sandboxName", &Target::sandbox}, std::pair{"apiKey", &Target::api_key},
    std::pair{"clientId", &Target::client_id},  std::pair{"clientSecret", &Target::client_secret},
};

constexpr std::string_view whose =
    "Expected a file as `lakegate serve`, `key create` or `org create` wrote it; name yours by --credentials FILE or "
    "LAKEGATE_CREDENTIALS.";

}  // namespace

Result<Target> load_target(const TargetOptions& options) {
  const std::string path(options.credentials.empty() ? default_credentials : options.credentials);
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return fail(codes::credentials_unusable,
                "Cannot read the credentials file {}. Name yours by --credentials FILE or LAKEGATE_CREDENTIALS; "
                "`lakegate serve` writes one "
                "into its data folder at its first start.",
                path);
  }
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  boost::system::error_code failed;
  const json::value read = json::parse(text, failed);
  if (failed || !read.is_object())
    return fail(codes::credentials_unusable, "Credentials file {}: found no JSON object. {}", path, whose);
  Target target;
  for (const auto& [name, member] : members) {
    const json::value* value = read.as_object().if_contains(name);
    if (value == nullptr || !value->is_string())
      return fail(codes::credentials_unusable, "Credentials file {}: found no text member {}. {}", path, name, whose);
    target.*member = std::string(value->as_string());
  }
  if (!options.url.empty()) target.url = options.url;
  while (target.url.ends_with('/')) target.url.pop_back();
  target.ca_file = options.ca_file;
  return target;
}

}  // namespace lakegate::cli
