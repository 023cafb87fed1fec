// Resolution: a schema and all that it refers to become one tree, the registry's "full" form
// (contract/schema-registry.md, "Computing the full schema").
//
// The tree holds `type`, `meta:xdmType`, `properties` (XED names), `items`, `additionalProperties` (maps), `required`,
// the constraints and the annotations; no `$ref`, `allOf` or `definitions`. A field that came from elsewhere says so in
// `meta:referencedFrom`. A reference back into what is being resolved is cut: the field stays, as an object without
// properties.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"
#include "xdm/document.h"
#include "xdm/merge.h"

namespace lakegate::xdm {

inline constexpr std::string_view record_behavior = "https://ns.adobe.com/xdm/data/record";
inline constexpr std::string_view time_series_behavior = "https://ns.adobe.com/xdm/data/time-series";
inline constexpr std::string_view adhoc_behavior = "https://ns.adobe.com/xdm/data/adhoc";

struct ResolvedSchema {
  JsonObject tree;
  ResourceId id;          // the tree's $id
  bool is_adhoc = false;  // built on the ad-hoc behaviour: the properties below `_adhoc` are the columns

  // The object whose properties are a dataset's columns.
  const JsonObject& record() const;
};

// The resource with this $id, without fragment; null: no such. What it points to outlives the resolver.
using Lookup = std::function<const JsonObject*(std::string_view id)>;

// Keeps what it resolved, so that one resolver should serve many schemas over an unchanging library. One thread at a
// time.
class Resolver {
 public:
  explicit Resolver(Lookup lookup, Clash clash = Clash::refuse);
  ~Resolver();
  Resolver(Resolver&&) noexcept;

  // `schema_reference_unknown` names the missing $ref and who refers to it; `schema_type_clash` names the field and
  // both sources; `schema_invalid`: over the limits of document.h, or a keyword of the wrong shape.
  Result<ResolvedSchema> resolve(const JsonObject& document);

 private:
  class Walk;
  std::unique_ptr<Walk> walk_;
};

// Every $id that `document` refers to, in order, without fragments and repeats, at any depth; its own left out.
std::vector<std::string> references(const JsonObject& document);

// The pinned form: a dataset's resolved schema as text and back. `corrupt` when it is not what to_text wrote.
std::string to_text(const ResolvedSchema& schema);
Result<ResolvedSchema> resolved_schema_from_text(std::string_view text);

}  // namespace lakegate::xdm
