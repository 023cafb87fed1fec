#include "objects/data_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <string>

#include "base/error_codes.h"
#include "objects/file_io.h"
#include "objects/system_error.h"

namespace lakegate {
namespace {

using objects::system_failure;
namespace fs = std::filesystem;

constexpr const char* lock_name = "lock";

Status make_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) == 0) {
    const FileDescriptor parent(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent || ::fsync(parent.get()) != 0) return system_failure(errno, "make durable", path.string());
    return {};
  }
  if (errno == EEXIST) return {};
  if (errno == ENOENT) {
    return fail(codes::invalid_argument, "Cannot make the data folder {}: its parent folder does not exist",
                path.string());
  }
  return system_failure(errno, "make the data folder", path.string());
}

// A fresh disk's own folder does not make a mount point somebody's.
bool has_foreign_entries(const fs::path& path) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (entry.path().filename() != "lost+found") return true;
  }
  return false;
}

Status check_ours(const fs::path& path) {
  if (!fs::is_directory(path)) {
    return fail(codes::invalid_argument, "The data folder {} is not a folder", path.string());
  }
  if (fs::exists(path / lock_name) || !has_foreign_entries(path)) return {};
  return fail(codes::invalid_argument,
              "The folder {} is not empty and holds no Lakegate data. Name an empty or a new folder.", path.string());
}

std::string holder_of(int lock) {
  const auto bytes = objects::read_up_to(lock, 0, 20, lock_name);
  if (!bytes || bytes->empty()) return "another process";
  int process = 0;
  const char* text = reinterpret_cast<const char*>(bytes->data());
  std::from_chars(text, text + bytes->size(), process);
  return process > 0 ? fmt::format("process {}", process) : "another process";
}

}  // namespace

Result<DataFolder> DataFolder::open(const fs::path& given) {
  fs::path path = fs::absolute(given).lexically_normal();
  if (path.filename().empty() && path.has_parent_path() && path != path.root_path()) path = path.parent_path();
  LG_TRY(make_folder(path));
  LG_TRY(check_ours(path));

  const fs::path file = path / lock_name;
  FileDescriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!lock) return system_failure(errno, "open", file.string());
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_failure(errno, "lock", file.string());
    return fail(codes::conflict, "The data folder {} is in use by {}. Stop it first, or name another folder.",
                path.string(), holder_of(lock.get()));
  }
  // For the message above in another process; nothing depends on it.
  const std::string number = fmt::format("{}\n", ::getpid());
  if (::ftruncate(lock.get(), 0) == 0) {
    (void)objects::write_all(lock.get(), 0, std::as_bytes(std::span(number)), lock_name);
  }
  const bool is_new = !fs::exists(path / "ledger.db");
  return DataFolder(std::move(path), std::move(lock), is_new);
}

}  // namespace lakegate
