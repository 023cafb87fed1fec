// XdmTree: what `xdm import` takes out of a copy of the public model, read before anything is sent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "xdm/document.h"

namespace lakegate::cli {

struct TreeDocument {
  std::string file;  // below the tree, with '/'
  std::string id;    // $id
  std::string type;  // a word of meta:resourceType
  int64_t bytes = 0;
  xdm::JsonObject document;
};

// A file that cannot be sent, or a resource that the server did not take.
struct RefusedDocument {
  std::string file;
  std::string id;    // empty: the file does not say
  std::string type;  // empty likewise
  std::string code;
  std::string reason;
};

struct XdmTree {
  std::vector<TreeDocument> documents;   // by file
  std::vector<RefusedDocument> refused;  // files that are no schema resources, by file
};

// Every `*.schema.json` below `folder`'s components, extensions and schemas, but nothing below folders that are called
// archived, docs or examples, nor hidden ones. `local_file`: no such folder, none of the three in it, or no such file
// in them; what is wrong with one file is its entry in `refused`.
Result<XdmTree> read_xdm_tree(const std::filesystem::path& folder);

inline constexpr size_t bundle_documents_max = 50;
inline constexpr int64_t bundle_bytes_max = 2 << 20;  // unless a single document, or a circle of them, has more

// Indexes of tree.documents in the order to send them: each bundle refers to itself and earlier ones only. Documents
// that refer to each other in a circle stay together, and alone where they are more than bundle_documents_max.
std::vector<std::vector<size_t>> plan_bundles(const XdmTree& tree);

}  // namespace lakegate::cli
