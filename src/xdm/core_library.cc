#include "xdm/core_library.h"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

#include "xdm/core_documents.h"

namespace lakegate::xdm {
namespace {

std::vector<CoreResource> load() {
  std::vector<CoreResource> resources;
  for (const std::string_view text : core_documents()) {
    auto document = parse_document(text);
    assert(document.has_value() && "a document of the core library is no JSON object");
    resources.push_back({std::string(text_member(*document, "$id")),
                         std::string(text_member(*document, "meta:resourceType")), std::move(*document)});
  }
  std::ranges::sort(resources, {}, &CoreResource::id);
  return resources;
}

}  // namespace

std::span<const CoreResource> core_library() {
  static const std::vector<CoreResource> resources = load();
  return resources;
}

const CoreResource* find_core_resource(std::string_view id) {
  const auto resources = core_library();
  const auto found = std::ranges::lower_bound(resources, id, {}, &CoreResource::id);
  return found != resources.end() && found->id == id ? &*found : nullptr;
}

}  // namespace lakegate::xdm
