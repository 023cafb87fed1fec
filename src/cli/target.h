// Target: which server a command talks to, and as whom.
#pragma once

#include <string>

#include "base/result.h"

namespace lakegate::cli {

// As given on the command line or in the environment; empty: not given.
struct TargetOptions {
  std::string url;
  std::string credentials;
  std::string ca_file;  // PEM, for servers whose certificate the system does not know
};

struct Target {
  std::string url;  // without a slash at its end
  std::string org;
  std::string sandbox;
  std::string api_key;
  std::string client_id;
  std::string client_secret;
  std::string ca_file;
};

inline constexpr std::string_view default_credentials = "./lakegate-data/credentials.json";

// Reads the credentials file; `url` beats its baseUrl. `credentials_unusable` names the file, what is missing in it and
// how to name another.
Result<Target> load_target(const TargetOptions& options);

}  // namespace lakegate::cli
