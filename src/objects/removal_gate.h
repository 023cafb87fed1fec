// RemovalGate: while somebody copies the objects of a folder, nobody removes any. Holds between processes, and ends
// with whoever held it.
#pragma once

#include <filesystem>
#include <optional>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace lakegate {

// A turn ends when its descriptor is closed. Thread-safe.
class RemovalGate {
 public:
  // Of the data folder `folder`: its file `backup.lock`, made where missing.
  explicit RemovalGate(const std::filesystem::path& folder) : file_(folder / "backup.lock") {}

  // For a helping of removals. Nothing: a copy is being made, try again later.
  Result<std::optional<FileDescriptor>> try_remove() const;

  // For a copy, several at a time. Waits for the helping of removals under way.
  Result<FileDescriptor> hold() const;

 private:
  Result<FileDescriptor> open() const;

  const std::filesystem::path file_;
};

}  // namespace lakegate
