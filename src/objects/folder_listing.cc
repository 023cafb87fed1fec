#include "objects/folder_listing.h"

#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <vector>

#include "objects/object_keys.h"
#include "objects/system_error.h"

namespace lakegate::objects {
namespace {

namespace fs = std::filesystem;

// Nothing: no file, or gone meanwhile.
std::optional<StoredObject> find_file(const fs::path& root, const fs::path& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  ObjectKey key(path.lexically_relative(root).string());
  if (!is_object_key(key)) return std::nullopt;
  const Millis modified = int64_t{status.st_mtim.tv_sec} * 1'000 + status.st_mtim.tv_nsec / 1'000'000;
  return StoredObject{std::move(key), status.st_size, modified};
}

}  // namespace

Status list_folder(const fs::path& root, const ObjectStore::OnListed& on_listed) {
  std::error_code error;
  std::vector<StoredObject> helping;
  fs::recursive_directory_iterator entry(root, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::optional<StoredObject> file = find_file(root, entry->path());
    if (!file) continue;
    helping.push_back(*std::move(file));
    if (helping.size() < listed_objects_max) continue;
    LG_TRY(on_listed(helping));
    helping.clear();
  }
  if (error) return system_failure(error.value(), "list the objects in", root.string());
  if (helping.empty()) return {};
  return on_listed(helping);
}

}  // namespace lakegate::objects
