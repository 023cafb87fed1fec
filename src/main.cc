// One program: the server, the worker processes that it starts, and the client of both.
#include <cstdio>
#include <cstring>

#include "backup/backup_command.h"
#include "cli/command_line.h"
#include "server/serve.h"
#include "server/settings.h"
#include "server/show_config.h"
#include "validation/worker.h"
#include "verify/verify_command.h"

namespace lakegate {
namespace {

constexpr int wrong_settings = 2;

template <class Run>
int with_settings(const cli::ServerOptions& options, Run run) {
  const auto loaded = server::load_settings(
      {.file = options.config_file, .environment = server::process_environment(), .flags = options.settings});
  if (loaded) return run(*loaded);
  std::fprintf(stderr, "lakegate: %s\n", loaded.error().message.c_str());
  return wrong_settings;
}

int serve(const cli::ServerOptions& options) { return with_settings(options, server::serve); }

int show_config(const cli::ServerOptions& options, bool json) {
  return with_settings(options,
                       [json](const server::LoadedSettings& loaded) { return server::show_config(loaded, json); });
}

int check_folder(const cli::ServerOptions& options, const cli::VerifyOptions& verify) {
  return with_settings(options, [&](const server::LoadedSettings& loaded) {
    return verify::run_verify(
        {.folder = loaded.values.data, .quick = verify.quick, .repair = verify.repair, .json = verify.json});
  });
}

int back_up(const cli::ServerOptions& options, const cli::BackupOptions& wanted) {
  return with_settings(options, [&](const server::LoadedSettings& loaded) {
    return backup::run_backup(
        {.folder = loaded.values.data, .target = wanted.target, .copy = wanted.copy, .json = wanted.json});
  });
}

int worker() { return validation::worker_main(validation::worker_socket); }

}  // namespace
}  // namespace lakegate

int main(int argc, char** argv) {
  // Workers are started by the hundred and lock themselves in: nothing that they do not need comes before.
  if (argc == 2 && std::strcmp(argv[1], "worker") == 0) return lakegate::worker();
  return lakegate::cli::run(argc, argv,
                            {.serve = lakegate::serve,
                             .show_config = lakegate::show_config,
                             .verify = lakegate::check_folder,
                             .backup = lakegate::back_up,
                             .worker = lakegate::worker});
}
