#include "cli/xdm_tree.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include "cli/error_codes.h"
#include "xdm/dependency_order.h"
#include "xdm/resource_type.h"

namespace lakegate::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array parts = {"components", "extensions", "schemas"};
constexpr std::array left_out = {"archived", "docs", "examples"};
constexpr std::string_view ending = ".schema.json";

bool is_left_out(const fs::path& name) {
  return name.string().starts_with('.') || std::ranges::find(left_out, name.string()) != left_out.end();
}

// Files below `folder`, relative to `tree`.
Status find_files(const fs::path& tree, const fs::path& folder, std::vector<fs::path>& files) {
  std::error_code failed;
  fs::recursive_directory_iterator walk(folder, failed);
  for (; !failed && walk != fs::end(walk); walk.increment(failed)) {
    const fs::path& path = walk->path();
    std::error_code unknown;
    if (walk->is_directory(unknown)) {
      if (is_left_out(path.filename())) walk.disable_recursion_pending();
    } else if (path.filename().string().ends_with(ending)) {
      files.push_back(path.lexically_relative(tree));
    }
  }
  if (failed) return fail(codes::local_file, "Cannot look through {}: {}.", folder.string(), failed.message());
  return {};
}

Result<std::vector<fs::path>> find_tree_files(const fs::path& tree) {
  std::error_code failed;
  if (!fs::is_directory(tree, failed)) {
    return fail(codes::local_file, "{} is no folder{}; expected a copy of the public model, with the folders {}.",
                tree.string(), failed ? " (" + failed.message() + ")" : "", fmt::join(parts, ", "));
  }
  std::vector<fs::path> files;
  size_t found = 0;
  for (const char* part : parts) {
    if (!fs::is_directory(tree / part, failed)) continue;
    ++found;
    LG_TRY(find_files(tree, tree / part, files));
  }
  if (found == 0) {
    return fail(codes::local_file, "{} has none of the folders {}: it is no copy of the public model.", tree.string(),
                fmt::join(parts, ", "));
  }
  if (files.empty()) {
    return fail(codes::local_file, "There is no *{} below {} in {}.", ending, fmt::join(parts, ", "), tree.string());
  }
  std::ranges::sort(files);
  return files;
}

Result<std::string> read_file(const fs::path& file) {
  std::error_code failed;
  const auto bytes = fs::file_size(file, failed);
  if (!failed && bytes > xdm::document_bytes_max) {
    return fail(codes::local_file, "It has {} bytes; at most {} are read.", bytes, xdm::document_bytes_max);
  }
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (failed || !in) return fail(codes::local_file, "It cannot be read: {}.", std::strerror(errno));
  return std::move(text).str();
}

Result<TreeDocument> read_document(const fs::path& tree, const fs::path& file) {
  LG_ASSIGN(const std::string text, read_file(tree / file));
  LG_ASSIGN(xdm::JsonObject document, xdm::parse_document(text));
  TreeDocument made{.file = file.generic_string(),
                    .id = std::string(xdm::text_member(document, "$id")),
                    .type = {},
                    .bytes = static_cast<int64_t>(text.size()),
                    .document = std::move(document)};
  if (made.id.empty()) return fail(codes::local_file, "It has no \"$id\": it is no schema resource.");
  return made;
}

void set_types(XdmTree& tree, const std::map<std::string, size_t, std::less<>>& places) {
  const xdm::Lookup lookup = [&](std::string_view id) -> const xdm::JsonObject* {
    const auto found = places.find(id);
    return found != places.end() ? &tree.documents[found->second].document : nullptr;
  };
  for (TreeDocument& document : tree.documents) {
    const std::string folder = document.file.substr(0, document.file.rfind('/'));
    document.type = xdm::resource_type_of(document.document, folder, lookup);
  }
}

}  // namespace

Result<XdmTree> read_xdm_tree(const fs::path& folder) {
  LG_ASSIGN(const std::vector<fs::path> files, find_tree_files(folder));
  XdmTree tree;
  std::map<std::string, size_t, std::less<>> places;  // by $id
  const auto refuse = [&](const fs::path& file, std::string id, const Error& error) {
    tree.refused.push_back({.file = file.generic_string(),
                            .id = std::move(id),
                            .type = {},
                            .code = std::string(error.code->id),
                            .reason = error.message});
  };
  for (const fs::path& file : files) {
    auto document = read_document(folder, file);
    if (!document) {
      refuse(file, "", document.error());
      continue;
    }
    const auto [first, is_new] = places.emplace(document->id, tree.documents.size());
    if (is_new) {
      tree.documents.push_back(std::move(*document));
      continue;
    }
    const Error twice{.code = &codes::local_file,
                      .message = fmt::format("Its \"$id\" is that of {} too; every file needs its own.",
                                             tree.documents[first->second].file)};
    refuse(file, document->id, twice);
  }
  set_types(tree, places);
  return tree;
}

std::vector<std::vector<size_t>> plan_bundles(const XdmTree& tree) {
  std::vector<const xdm::JsonObject*> documents;
  for (const TreeDocument& document : tree.documents) documents.push_back(&document.document);
  std::vector<std::vector<size_t>> bundles;
  int64_t bytes = 0;
  for (const std::vector<size_t>& group : xdm::dependency_order(documents)) {
    int64_t group_bytes = 0;
    for (const size_t at : group) group_bytes += tree.documents[at].bytes;
    const bool fits = !bundles.empty() && bundles.back().size() + group.size() <= bundle_documents_max &&
                      bytes + group_bytes <= bundle_bytes_max;
    if (!fits) {
      bundles.emplace_back();
      bytes = 0;
    }
    bundles.back().insert(bundles.back().end(), group.begin(), group.end());
    bytes += group_bytes;
  }
  return bundles;
}

}  // namespace lakegate::cli
