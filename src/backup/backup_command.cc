#include "backup/backup_command.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "backup/backup.h"

namespace lakegate::backup {
namespace {

constexpr int64_t objects_per_line = 1'000;

std::string to_text(const BackupCommand& command, const BackupReport& report) {
  if (command.json) {
    return boost::json::serialize(boost::json::object{{"folder", command.target.string()},
                                                      {"objectsLinked", report.linked},
                                                      {"objectsCopied", report.copied},
                                                      {"bytesCopied", report.bytes_copied},
                                                      {"objectsLost", report.lost}});
  }
  return fmt::format("{}: the ledger, {} objects linked, {} copied ({} bytes)", command.target.string(), report.linked,
                     report.copied, report.bytes_copied);
}

}  // namespace

int run_backup(const BackupCommand& command) {
  BackupOptions options{.folder = command.folder, .target = command.target, .copy = command.copy};
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  if (terminal) {
    options.on_progress = [](int64_t done, int64_t total) {
      if (done % objects_per_line == 0)
        std::fputs(fmt::format("\rbackup: {} of {} objects", done, total).c_str(), stderr);
    };
  }
  const auto report = make_backup(options);
  if (terminal) std::fputs("\r\x1b[K", stderr);
  if (!report) {
    std::fprintf(stderr, "lakegate: no backup: %s\n", report.error().message.c_str());
    return 1;
  }
  std::puts(to_text(command, *report).c_str());
  if (report->lost == 0) return 0;
  std::fprintf(stderr, "lakegate: %lld objects are missing in %s: verify it\n", static_cast<long long>(report->lost),
               command.folder.c_str());
  return original_damaged;
}

}  // namespace lakegate::backup
