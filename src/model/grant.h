// Grant: rights that a key was given, in one sandbox or all, on some datasets or all. auth/rights.h makes of all grants
// of a key what it may.
#pragma once

#include <optional>
#include <vector>

#include "model/ids.h"
#include "model/right.h"

namespace lakegate {

struct Grant {
  Rights rights = {};
  std::optional<SandboxNumber> sandbox = {};            // none: every one of the org, those to come too
  std::optional<std::vector<DatasetId>> datasets = {};  // none: all, those to come too
  bool operator==(const Grant&) const = default;
};

}  // namespace lakegate
