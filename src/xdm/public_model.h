// For tests only: the public model's files, where they lie beside the repository as ../shared/xdm.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "xdm/resolver.h"

namespace lakegate::xdm {

class PublicModel {
 public:
  // Takes *.schema.json under components, extensions and schemas of `folder`.
  explicit PublicModel(const std::filesystem::path& folder) {
    for (const char* part : {"components", "extensions", "schemas"}) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / part)) {
        if (entry.path().string().ends_with(".schema.json")) add(entry.path());
      }
    }
  }

  void add(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    auto document = parse_document(text.str());
    if (!document) throw std::runtime_error(file.string() + ": " + document.error().message);
    std::string id(text_member(*document, "$id"));
    files_.emplace(id, file);
    documents_.emplace(std::move(id), std::move(*document));
  }

  const std::map<std::string, JsonObject, std::less<>>& documents() const { return documents_; }
  const std::map<std::string, std::filesystem::path, std::less<>>& files() const { return files_; }  // by $id
  const JsonObject* find(std::string_view id) const {
    const auto found = documents_.find(id);
    return found != documents_.end() ? &found->second : nullptr;
  }
  Lookup lookup() const {
    return [this](std::string_view id) { return find(id); };
  }

 private:
  std::map<std::string, JsonObject, std::less<>> documents_;
  std::map<std::string, std::filesystem::path, std::less<>> files_;
};

// The folder `shared` beside a folder that holds the working one; none: it is not there.
inline std::optional<std::filesystem::path> shared_folder() {
  for (auto at = std::filesystem::current_path(); at != at.root_path(); at = at.parent_path()) {
    if (std::filesystem::exists(at.parent_path() / "shared" / "xdm")) return at.parent_path() / "shared";
  }
  return std::nullopt;
}

// Null where the files are not there.
inline const PublicModel* public_model() {
  static const std::unique_ptr<PublicModel> model = []() -> std::unique_ptr<PublicModel> {
    const auto folder = shared_folder();
    return folder ? std::make_unique<PublicModel>(*folder / "xdm") : nullptr;
  }();
  return model.get();
}

}  // namespace lakegate::xdm
