// The command line: what each command is called and takes. docs/cli.md documents it for people.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace lakegate::cli {

// Settings as `serve` and `config show` take them: setting names and values.
struct ServerOptions {
  std::string config_file;
  std::vector<std::pair<std::string, std::string>> settings;
};

// `verify`, beside the settings that name the folder.
struct VerifyOptions {
  bool quick = false;
  bool repair = false;
  bool json = false;
};

// `backup`, beside the settings that name the folder.
struct BackupOptions {
  std::string target;
  bool copy = false;
  bool json = false;
};

// The commands that are not a client's: the program that links both folders brings them. Each gives an exit status.
struct ServerCommands {
  std::function<int(const ServerOptions&)> serve;
  std::function<int(const ServerOptions&, bool json)> show_config;
  std::function<int(const ServerOptions&, const VerifyOptions&)> verify;
  std::function<int(const ServerOptions&, const BackupOptions&)> backup;
  std::function<int()> worker;
};

// Parses, runs the command, prints errors on standard error. Gives the exit status (exit_status.h).
int run(int argc, char** argv, const ServerCommands& server);

}  // namespace lakegate::cli
