#include "validation/validator_counts.h"

namespace lakegate::validation {

std::string_view to_string(WorkerEnd end) {
  switch (end) {
    case WorkerEnd::worn_out: return "worn_out";
    case WorkerEnd::other_org: return "other_org";
    case WorkerEnd::crashed: return "crashed";
    case WorkerEnd::timed_out: return "timed_out";
    case WorkerEnd::misbehaved: return "misbehaved";
    case WorkerEnd::not_started: return "not_started";
  }
  return "";
}

}  // namespace lakegate::validation
