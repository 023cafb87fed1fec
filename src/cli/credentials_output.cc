#include "cli/credentials_output.h"

#include <cstdio>
#include <filesystem>

#include "base/durable_file.h"
#include "cli/commands.h"
#include "cli/error_codes.h"

namespace lakegate::cli {

Status check_credentials_file(const std::string& path, bool may_replace) {
  if (path.empty()) return {};
  std::error_code failed;
  const std::filesystem::path folder = std::filesystem::absolute(path, failed).parent_path();
  if (!std::filesystem::is_directory(folder, failed))
    return fail(codes::local_file, "There is no folder {} for the credentials file.", folder.string());
  if (!may_replace && std::filesystem::exists(path, failed))
    return fail(codes::local_file, "{} is there already; name a new file for the credentials.", path);
  return {};
}

Status write_credentials(const boost::json::value& credentials, const std::string& path) {
  if (path.empty()) {
    print_json(credentials);
    return {};
  }
  const Status written = write_private_file(path, boost::json::serialize(credentials) + "\n");
  if (!written) {
    // Nobody can ask for the secret again.
    print_json(credentials);
    return fail(codes::local_file, "The credentials could not be written to {}, and stand above: {}", path,
                written.error().message);
  }
  return {};
}

}  // namespace lakegate::cli
