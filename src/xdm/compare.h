// Additive evolution: what a schema in use may become. Fields and constraints of the resolved form are compared, not
// documents.
#pragma once

#include <string>
#include <vector>

#include "xdm/resolver.h"

namespace lakegate::xdm {

struct Incompatibility {
  std::string path;     // dotted XED path; empty: the schema itself
  std::string problem;  // a sentence: what was, what is
};

// Empty: every file that was good under `before` and every reader of its table can live with `after`. Removal, retyping
// and narrowing are reported; new fields, new required fields, required → optional and wider bounds are not
// (contract/schema-registry.md, "Evolution").
std::vector<Incompatibility> compare(const ResolvedSchema& before, const ResolvedSchema& after);

}  // namespace lakegate::xdm
