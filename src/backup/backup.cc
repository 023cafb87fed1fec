#include "backup/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <unordered_set>

#include "backup/object_copy.h"
#include "base/durable_file.h"
#include "base/error_codes.h"
#include "base/file_descriptor.h"
#include "ledger/inspection.h"
#include "ledger/ledger.h"
#include "ledger/ledger_copy.h"
#include "objects/removal_gate.h"
#include "objects/system_error.h"

namespace lakegate::backup {
namespace {

using objects::system_failure;
namespace fs = std::filesystem;

constexpr int64_t page_objects = 1'000;
constexpr const char* ledger_name = "ledger.db";
constexpr const char* unfinished_name = "ledger.db.partial";

Status make_folders(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return system_failure(error.value(), "make folder", path.string());
  return {};
}

bool lies_within(const fs::path& inner, const fs::path& outer) {
  const fs::path relative = fs::weakly_canonical(inner).lexically_relative(fs::weakly_canonical(outer));
  return !relative.empty() && *relative.begin() != "..";
}

Status check_places(const BackupOptions& options) {
  if (!fs::exists(options.folder / ledger_name)) {
    return fail(codes::invalid_argument, "There is no ledger in {}: name the data folder with --data.",
                options.folder.string());
  }
  std::error_code error;
  if (fs::exists(options.target) && !fs::is_empty(options.target, error)) {
    return fail(codes::invalid_argument, "{} is not empty. Name a new or an empty folder.", options.target.string());
  }
  if (lies_within(options.target, options.folder) || lies_within(options.folder, options.target)) {
    return fail(codes::invalid_argument, "{} and {} lie within each other. Name another folder.",
                options.target.string(), options.folder.string());
  }
  return {};
}

// Judged files, manifests and metadata never change again. Of others the server goes on writing into the same file.
bool is_settled(const ledger::InspectedObject& row) { return !row.is_file || row.report.has_value(); }

class ObjectCopies {
 public:
  ObjectCopies(const BackupOptions& options, BackupReport& report) : options_(options), report_(report) {}

  Status copy_all(Ledger& ledger) {
    LG_ASSIGN(const ledger::ObjectTotals totals, ledger.read([](ReadTx& tx) { return ledger::count_objects(tx); }));
    int64_t last = 0;
    int64_t done = 0;
    while (true) {
      LG_ASSIGN(const auto page,
                ledger.read([&](ReadTx& tx) { return ledger::inspect_objects(tx, last, page_objects); }));
      for (const ledger::InspectedObject& row : page) {
        if (row.state == ledger::ObjectState::live) LG_TRY(copy(row));
        if (options_.on_progress) options_.on_progress(++done, totals.object_count);
      }
      if (static_cast<int64_t>(page.size()) < page_objects) return {};
      last = page.back().number;
    }
  }

 private:
  Status copy(const ledger::InspectedObject& row) {
    const fs::path to = options_.target / "objects" / row.key.text();
    if (made_.insert(to.parent_path().string()).second) LG_TRY(make_folders(to.parent_path()));
    const bool link = !options_.copy && is_settled(row);
    const bool whole = !row.is_file;  // of manifests and metadata the ledger does not always know the size
    const fs::path from = options_.folder / "objects" / row.key.text();
    std::error_code error;
    const auto size = whole ? static_cast<int64_t>(fs::file_size(from, error)) : row.least_bytes();
    LG_ASSIGN(const Copied copied, error ? Result<Copied>(Copied::lost) : copy_object(from, to, size, link));
    count(copied, size);
    return {};
  }

  void count(Copied copied, int64_t size) {
    switch (copied) {
      case Copied::linked: ++report_.linked; break;
      case Copied::copied:
        ++report_.copied;
        report_.bytes_copied += size;
        break;
      case Copied::lost: ++report_.lost; break;
    }
  }

  const BackupOptions& options_;
  BackupReport& report_;
  std::unordered_set<std::string> made_;  // folders
};

// Those beside the ledger, where they are there: clients' tokens stay valid with the key.
Status copy_private_files(const BackupOptions& options) {
  for (const char* name : {"token-key.pem", "credentials.json"}) {
    std::ifstream file(options.folder / name, std::ios::binary);
    if (!file) continue;
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    LG_TRY(write_private_file(options.target / name, text));
  }
  return {};
}

// All of it durable at once, then the ledger under its name, which makes it a data folder.
Status finish(const fs::path& target) {
  const FileDescriptor folder(::open(target.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::syncfs(folder.get()) != 0) return system_failure(errno, "make durable", target.string());
  if (::rename((target / unfinished_name).c_str(), (target / ledger_name).c_str()) != 0) {
    return system_failure(errno, "rename", (target / unfinished_name).string());
  }
  LG_TRY(write_private_file(target / "lock", ""));
  if (::fsync(folder.get()) != 0) return system_failure(errno, "make durable", target.string());
  return {};
}

Status copy_objects(const BackupOptions& options, BackupReport& report) {
  LedgerOptions patient;
  patient.read_time_max = std::chrono::hours(24);
  LG_ASSIGN(const std::unique_ptr<Ledger> ledger, Ledger::open(options.target / unfinished_name, patient));
  return ObjectCopies(options, report).copy_all(*ledger);
}

}  // namespace

Result<BackupReport> make_backup(const BackupOptions& options) {
  LG_TRY(check_places(options));
  LG_TRY(make_folders(options.target / "objects"));
  fs::permissions(options.target, fs::perms::owner_all);
  // Before the ledger is copied: what its copy refers to is there then, and stays until it is copied too.
  LG_ASSIGN(const FileDescriptor held, RemovalGate(options.folder).hold());
  LG_TRY(ledger::copy_ledger(options.folder / ledger_name, options.target / unfinished_name));
  BackupReport report;
  LG_TRY(copy_objects(options, report));
  LG_TRY(copy_private_files(options));
  LG_TRY(finish(options.target));
  return report;
}

}  // namespace lakegate::backup
