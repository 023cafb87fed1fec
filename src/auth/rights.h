// Rights: what a key may, made of its grants; and what a route needs.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/grant.h"
#include "model/ids.h"
#include "model/right.h"
#include "model/sight.h"

namespace lakegate::auth {

using lakegate::Right;

// On what a key must have a route's right.
enum class Reach {
  dataset,  // on some dataset; on which, the look-up checks that finds it (model/sight.h)
  sandbox,  // on all datasets of the sandbox, those to come too: what makes datasets, or changes what they share
  org,      // on all of the org: sandboxes, keys, audit
  server,   // the same, by a key of the server's first org: orgs, their quotas
};

// What a route names: `Right::read`, or `{Right::manage, Reach::org}`.
struct Need {
  Right right;
  Reach reach = Reach::dataset;
  constexpr Need(Right of, Reach on = Reach::dataset) : right(of), reach(on) {}  // NOLINT(google-explicit-constructor)
};
// "read", "manage/sandbox": x-lakegate-right of the OpenAPI document, and the table of docs/access.md.
std::string to_string(const Need& need);

// All grants of a key. Immutable, cheap to copy. Rights add up: no grant takes away what another gives.
class Grants {
 public:
  Grants() = default;  // a key without restriction: all rights on all
  explicit Grants(const std::vector<Grant>& grants);

  bool is_all() const { return parts_ == nullptr; }

  // Null: everything.
  std::shared_ptr<const SandboxRights> in(SandboxNumber sandbox) const;
  // Whether the sandbox exists for the key.
  bool sees(SandboxNumber sandbox) const;
  // On one dataset of the sandbox at least.
  bool somewhere(SandboxNumber sandbox, Right right) const;
  // On all of the org.
  bool on_all(Right right) const;
  // Anywhere in the org.
  bool anywhere(Right right) const;

 private:
  struct Parts {
    Rights on_all;
    Rights anywhere;
    std::map<SandboxNumber, std::shared_ptr<const SandboxRights>> sandboxes;  // null: everything
    std::shared_ptr<const SandboxRights> others;                              // of every sandbox not in there
  };
  std::shared_ptr<const Parts> parts_;  // null: all
};

}  // namespace lakegate::auth
