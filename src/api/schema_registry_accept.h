// The media types of the schema registry: what of a resource the client wants to see.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"

namespace lakegate::api {

enum class SchemaDetail {
  id,    // xed-id: $id, meta:altId, version, title
  raw,   // xed: with $ref and allOf
  full,  // xed-full: resolved
};

struct SchemaView {
  SchemaDetail detail = SchemaDetail::id;
  bool without_text = false;      // -notext: no titles and descriptions
  bool with_descriptors = false;  // -desc: meta:descriptors
  bool marks_deprecated = false;  // -deprecatefield, -deprecated: meta:status of fields that a descriptor names
  bool xdm_names = false;         // xdm instead of xed: raw documents keep the names of the public model
};

enum class DescriptorForm { ids, links, objects };

struct DescriptorView {
  DescriptorForm form = DescriptorForm::objects;
  bool grouped = true;  // by @type; else (v2) one list
};

// Lists of descriptors: xdm or xed, then -v2, then -id or -link. `schema_accept_descriptors`.
Result<DescriptorView> accept_for_descriptors(std::optional<std::string_view> accept);

// "application/vnd.adobe.xed-full+json; version=1": the family xed or xdm, any of -id, -full, -notext, -desc, -flat,
// -deprecated, -deprecatefield. Of several media types the first of the registry's own counts. Where the message says
// what is expected, the header was absent, of another kind, or its version was missing (look-up) or present (list).
Result<SchemaView> accept_for_list(std::optional<std::string_view> accept);    // `schema_accept_list`
Result<SchemaView> accept_for_lookup(std::optional<std::string_view> accept);  // `schema_accept_lookup`

}  // namespace lakegate::api
