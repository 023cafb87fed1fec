#include "delivery/sink_kind.h"

#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "base/error_codes.h"

namespace lakegate::delivery {

Result<SinkKind*> SinkKinds::find(std::string_view name) const {
  std::vector<std::string_view> names;
  for (SinkKind* kind : kinds_) {
    if (kind->name() == name) return kind;
    names.push_back(kind->name());
  }
  return fail(codes::invalid_argument, "Member kind: found \"{}\", expected one of: {}.", name, fmt::join(names, ", "));
}

}  // namespace lakegate::delivery
