// PushState: what an interrupted push left, so that the same command goes on with its batch.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/push_plan.h"
#include "cli/target.h"

namespace lakegate::cli {

// What is kept of one push. The key is written before the batch is asked for: whoever repeats the request with it gets
// the same batch.
struct PushMemory {
  std::string idempotency_key;
  std::string batch;  // empty: not answered yet
  int64_t part_bytes = 0;

  bool operator==(const PushMemory&) const = default;
};

// One file in $XDG_STATE_HOME/lakegate (~/.local/state/lakegate), named after server, org, sandbox, dataset and the
// files with their sizes and times: another target or a changed file is another push. Where that folder cannot be
// written a push cannot be resumed, and nothing else is wrong.
class PushState {
 public:
  PushState(const std::filesystem::path& folder, const Target& target, const std::string& dataset,
            const std::vector<PushFile>& files);

  std::optional<PushMemory> load() const;
  void save(const PushMemory& memory) const;
  void remove() const;

  static std::filesystem::path default_folder();

 private:
  std::filesystem::path file_;
};

}  // namespace lakegate::cli
