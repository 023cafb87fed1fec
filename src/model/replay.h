// Replay: the wish that a batch takes the place of earlier ones, contract/batch-ingestion.md "Replay".
#pragma once

#include <string>
#include <vector>

#include "model/ids.h"

namespace lakegate {

struct Predecessor {
  BatchId id;
  std::string external_id = {};  // where the client named it by that; else empty

  bool operator==(const Predecessor&) const = default;
};

struct Replay {
  std::string reason = {};  // "replace"
  std::vector<Predecessor> predecessors = {};

  bool operator==(const Replay&) const = default;
};

}  // namespace lakegate
