// DataFolder: the server's folder, ours alone while this lives.
#pragma once

#include <filesystem>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace lakegate {

class DataFolder {
 public:
  // Makes the folder (mode 0700, durable) where missing and takes the exclusive lock on its file `lock`, which goes
  // with the process. `conflict`: another process holds it (named where known). `invalid`: the folder is not empty and
  // none of ours, or not a folder.
  static Result<DataFolder> open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  bool is_new() const { return is_new_; }  // there is no ledger in it yet

  std::filesystem::path ledger_file() const { return path_ / "ledger.db"; }
  std::filesystem::path objects_folder() const { return path_ / "objects"; }

 private:
  DataFolder(std::filesystem::path path, FileDescriptor lock, bool is_new)
      : path_(std::move(path)), lock_(std::move(lock)), is_new_(is_new) {}

  std::filesystem::path path_;
  FileDescriptor lock_;
  bool is_new_;
};

}  // namespace lakegate
