#include "cli/push_state.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/durable_file.h"
#include "cli/json_reading.h"

namespace lakegate::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

// FNV-1a, 64 bits: the same in every version of the program.
uint64_t fingerprint(std::string_view text) {
  uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  return hash;
}

}  // namespace

PushState::PushState(const fs::path& folder, const Target& target, const std::string& dataset,
                     const std::vector<PushFile>& files) {
  std::string identity = fmt::format("{}\n{}\n{}\n{}\n", target.url, target.org, target.sandbox, dataset);
  for (const PushFile& file : files)
    identity += fmt::format("{}\n{}\n{}\n{}\n", file.source, file.name, file.bytes, file.modified_ns);
  if (!folder.empty()) file_ = folder / fmt::format("push-{:016x}.json", fingerprint(identity));
}

std::optional<PushMemory> PushState::load() const {
  std::ifstream file(file_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  boost::system::error_code failed;
  const json::value read = json::parse(text, failed);
  if (failed) return std::nullopt;
  PushMemory memory{.idempotency_key = text_member(read, "idempotencyKey"),
                    .batch = text_member(read, "batch"),
                    .part_bytes = number_member(read, "partBytes")};
  if (memory.idempotency_key.empty() || memory.part_bytes <= 0) return std::nullopt;
  return memory;
}

void PushState::save(const PushMemory& memory) const {
  if (file_.empty()) return;
  std::error_code ignored;
  fs::create_directories(file_.parent_path(), ignored);
  (void)write_private_file(file_, json::serialize(json::object{{"idempotencyKey", memory.idempotency_key},
                                                               {"batch", memory.batch},
                                                               {"partBytes", memory.part_bytes}}));
}

void PushState::remove() const {
  std::error_code ignored;
  if (!file_.empty()) fs::remove(file_, ignored);
}

fs::path PushState::default_folder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state != '\0') return fs::path(state) / "lakegate";
  const char* home = std::getenv("HOME");
  return home == nullptr || *home == '\0' ? fs::path() : fs::path(home) / ".local/state/lakegate";
}

}  // namespace lakegate::cli
