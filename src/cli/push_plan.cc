#include "cli/push_plan.h"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include "cli/error_codes.h"

namespace lakegate::cli {
namespace {

namespace fs = std::filesystem;

Status add_file(const fs::path& path, std::string name, std::vector<PushFile>& files) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0 || ::access(path.c_str(), R_OK) != 0) {
    return fail(codes::local_file, "Cannot read {}: {}.", path.string(), std::strerror(errno));
  }
  if (!S_ISREG(facts.st_mode)) return fail(codes::local_file, "{} is neither a file nor a folder.", path.string());
  files.push_back({.source = fs::absolute(path).lexically_normal(),
                   .name = std::move(name),
                   .bytes = facts.st_size,
                   .modified_ns = int64_t{facts.st_mtim.tv_sec} * 1'000'000'000 + facts.st_mtim.tv_nsec});
  return {};
}

bool is_left_out(const fs::path& relative) {
  return std::ranges::any_of(relative, [](const fs::path& part) {
    const std::string name = part;
    return name.starts_with('.') || name.starts_with('_');
  });
}

Status add_folder(const fs::path& folder, std::vector<PushFile>& files) {
  std::vector<fs::path> found;
  std::error_code failed;
  fs::recursive_directory_iterator walk(folder, fs::directory_options::follow_directory_symlink, failed);
  for (; !failed && walk != fs::end(walk); walk.increment(failed)) {
    const fs::path relative = walk->path().lexically_relative(folder);
    if (walk->path().extension() == ".parquet" && !is_left_out(relative) && walk->is_regular_file(failed))
      found.push_back(relative);
  }
  if (failed) return fail(codes::local_file, "Cannot look through {}: {}.", folder.string(), failed.message());
  if (found.empty()) return fail(codes::local_file, "There is no *.parquet file in {}.", folder.string());
  std::ranges::sort(found);
  for (const fs::path& relative : found) LG_TRY(add_file(folder / relative, relative, files));
  return {};
}

Status add_pattern(const std::string& pattern, std::vector<PushFile>& files) {
  glob_t matches{};
  const int status = ::glob(pattern.c_str(), 0, nullptr, &matches);
  Status added;
  for (size_t i = 0; status == 0 && i < matches.gl_pathc && added; ++i) {
    const fs::path path = matches.gl_pathv[i];
    if (fs::is_regular_file(path)) added = add_file(path, path.filename(), files);
  }
  ::globfree(&matches);
  if (status != 0) return fail(codes::local_file, "No file matches {}.", pattern);
  return added;
}

Status add_source(const std::string& source, std::vector<PushFile>& files) {
  const fs::path path = source;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return add_folder(path, files);
  if (!fs::exists(path, ignored) && source.find_first_of("*?[") != std::string::npos) return add_pattern(source, files);
  return add_file(path, path.filename(), files);
}

}  // namespace

Result<std::vector<PushFile>> plan_push(const std::vector<std::string>& sources) {
  std::vector<PushFile> files;
  for (const std::string& source : sources) LG_TRY(add_source(source, files));
  if (files.empty()) return fail(codes::local_file, "There is nothing to push.");
  std::map<std::string, std::string> source_of_name;
  for (const PushFile& file : files) {
    const auto [other, is_new] = source_of_name.emplace(file.name, file.source);
    if (!is_new) {
      return fail(codes::local_file,
                  "{} and {} would both be called {} in the batch. Push the folder above them instead.", other->second,
                  file.source, file.name);
    }
  }
  return files;
}

}  // namespace lakegate::cli
