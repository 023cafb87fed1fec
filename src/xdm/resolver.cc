#include "xdm/resolver.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "model/error_codes.h"
#include "xdm/field_type.h"
#include "xdm/finish.h"
#include "xdm/merge.h"
#include "xdm/names.h"

namespace lakegate::xdm {
namespace {

constexpr size_t uncut = std::numeric_limits<size_t>::max();
constexpr size_t recursion_max = 512;
constexpr size_t copied_fields_max = 20 * resolved_fields_max;  // work of one resolution

// Members that say what a resource is, not what its values look like: they stay behind when another schema takes it in.
constexpr std::array resource_members = {"$id",
                                         "$schema",
                                         "version",
                                         "imsOrg",
                                         "refs",
                                         "auditable",
                                         "definitions",
                                         "allOf",
                                         "$ref",
                                         "oneOf",
                                         "anyOf",
                                         "not",
                                         "meta:abstract",
                                         "meta:altId",
                                         "meta:class",
                                         "meta:containerId",
                                         "meta:createdDate",
                                         "meta:descriptors",
                                         "meta:extends",
                                         "meta:extensible",
                                         "meta:immutableTags",
                                         "meta:intendedToExtend",
                                         "meta:license",
                                         "meta:registryMetadata",
                                         "meta:resourceType",
                                         "meta:sandboxId",
                                         "meta:sandboxType",
                                         "meta:status",
                                         "meta:tags",
                                         "meta:tenantNamespace"};

// A resolved schema object. What was cut at an outer reference must not be kept for use elsewhere; what holds parts of
// the document asked for must not be kept for the next one, which may have the same $id or none.
struct Body {
  JsonObject object;
  size_t field_count = 0;
  size_t cut_at = uncut;  // the outermost place in the stack of references where a cut was made
  bool holds_root = false;
};

struct Reference {
  std::string document_id;
  std::string pointer;  // without '#', decoded; empty: the whole document

  std::string text() const { return pointer.empty() ? document_id : document_id + "#" + pointer; }
};

Reference parse_reference(std::string_view text, std::string_view base_id) {
  const size_t hash = std::min(text.find('#'), text.size());
  Reference reference{std::string(text.substr(0, hash)), {}};
  if (hash < text.size()) reference.pointer = text.substr(hash + 1);
  if (reference.document_id.empty()) reference.document_id = base_id;
  return reference;
}

std::string unescape(std::string_view segment) {  // RFC 6901
  std::string out;
  for (size_t at = 0; at < segment.size(); ++at) {
    if (segment[at] == '~' && at + 1 < segment.size()) {
      out += segment[++at] == '1' ? '/' : '~';
    } else {
      out += segment[at];
    }
  }
  return out;
}

const JsonObject* descend(const JsonObject* at, std::string_view name, bool is_property_name) {
  if (!is_property_name) return object_member(*at, name);
  const std::vector<std::string> path = xed_path(name);
  for (size_t step = 0; at != nullptr && step < path.size(); ++step) {
    if (step > 0) at = object_member(*at, "properties");
    if (at != nullptr) at = object_member(*at, path[step]);
  }
  return at;
}

// Follows a JSON pointer through a document whose properties have XED names already; the pointer may have the XDM ones.
const JsonObject* follow(const JsonObject& document, std::string_view pointer) {
  const JsonObject* at = &document;
  bool below_properties = false;
  while (at != nullptr && !pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    const size_t end = std::min(pointer.find('/', 1), pointer.size());
    const std::string name = unescape(pointer.substr(1, end - 1));
    at = descend(at, name, below_properties);
    below_properties = !below_properties && name == "properties";
    pointer.remove_prefix(end);
  }
  return at;
}

// Documents were checked when they were renamed; a pointer may lead to a place that no rule speaks of.
std::unexpected<Error> not_a_schema(std::string_view name, std::string_view document_id) {
  return fail(codes::schema_invalid, "In \"{}\", \"{}\" is not an object where a schema must be.", document_id, name);
}

}  // namespace

class Resolver::Walk {
 public:
  Walk(Lookup lookup, Clash clash) : lookup_(std::move(lookup)), clash_(clash) {}

  Result<ResolvedSchema> resolve(const JsonObject& document);

 private:
  Result<const JsonObject*> document(const std::string& id, std::string_view referrer);
  Result<Body> expand(const JsonObject& schema, const std::string& base_id);
  Result<Body> expand_reference(const Reference& reference, std::string_view referrer);
  Status fill(const JsonObject& schema, const std::string& base_id, Body& body);
  Status add_reference(std::string_view reference_text, const std::string& base_id, Body& body);
  Result<JsonObject> own_members(const JsonObject& schema, const std::string& base_id, Body& body);
  Result<JsonObject> expand_into(const JsonObject& schema, const std::string& base_id, Body& body);
  Result<JsonObject> expand_each(const JsonObject& schemas, const std::string& base_id, Body& body);
  Status count(Body& body, size_t fields);
  Status explain(const Error& clash, const JsonObject& schema, const std::string& base_id, size_t part);
  std::string source_of(const JsonObject& schema, const std::string& base_id, size_t end, std::string_view path);
  void add_extends(const JsonObject& schema, const std::string& base_id, std::vector<std::string>& ids, size_t depth);

  Lookup lookup_;
  Clash clash_;
  std::map<std::string, JsonObject, std::less<>> documents_;  // XED names, by $id
  std::set<std::string, std::less<>> resolved_once_;          // references; most are never met again
  std::map<std::string, Body, std::less<>> kept_;             // those that were
  std::map<std::string, Body, std::less<>> kept_of_root_;     // those with parts of the document asked for
  std::vector<std::string> stack_;                            // references being resolved, outermost first
  const JsonObject* root_ = nullptr;                          // the document asked for, XED names
  std::string root_id_;
  size_t copied_ = 0;
  size_t recursion_ = 0;
};

Result<const JsonObject*> Resolver::Walk::document(const std::string& id, std::string_view referrer) {
  if (id == root_id_ && root_ != nullptr) return root_;
  if (const auto known = documents_.find(id); known != documents_.end()) return &known->second;
  const JsonObject* raw = lookup_ ? lookup_(id) : nullptr;
  if (raw == nullptr) {
    return fail(
        codes::schema_reference_unknown,
        "\"{}\" refers to \"{}\", which does not exist. Create or import that resource first, or correct the $ref.",
        referrer, id);
  }
  auto renamed = with_xed_names(*raw);
  if (!renamed) return fail(*renamed.error().code, "In \"{}\": {}", id, renamed.error().message);
  return &documents_.emplace(id, std::move(*renamed)).first->second;
}

Status Resolver::Walk::count(Body& body, size_t fields) {
  body.field_count += fields;
  copied_ += fields;
  if (body.field_count > resolved_fields_max || copied_ > copied_fields_max) {
    return fail(
        codes::schema_invalid,
        "The resolved schema has more than {} fields (or takes too much work to resolve); use fewer field groups.",
        resolved_fields_max);
  }
  return {};
}

Result<JsonObject> Resolver::Walk::expand_into(const JsonObject& schema, const std::string& base_id, Body& body) {
  LG_ASSIGN(Body inner, expand(schema, base_id));
  body.cut_at = std::min(body.cut_at, inner.cut_at);
  body.holds_root |= inner.holds_root;
  LG_TRY(count(body, inner.field_count));
  return std::move(inner.object);
}

Result<JsonObject> Resolver::Walk::expand_each(const JsonObject& schemas, const std::string& base_id, Body& body) {
  JsonObject expanded;
  for (const auto& [name, schema] : schemas) {
    if (!schema.is_object()) return not_a_schema(name, base_id);
    LG_ASSIGN(expanded[name], expand_into(schema.get_object(), base_id, body));
  }
  return expanded;
}

Result<Body> Resolver::Walk::expand_reference(const Reference& reference, std::string_view referrer) {
  const std::string name = reference.text();
  for (const auto* kept : {&kept_, &kept_of_root_}) {
    if (const auto known = kept->find(name); known != kept->end()) return known->second;
  }
  if (const auto outer = std::ranges::find(stack_, name); outer != stack_.end()) {
    Body cut;
    cut.cut_at = static_cast<size_t>(outer - stack_.begin());
    return cut;
  }
  if (stack_.size() >= reference_chain_max) {
    return fail(codes::schema_invalid, "\"{}\" is reached through a chain of more than {} references.", name,
                reference_chain_max);
  }
  LG_ASSIGN(const JsonObject* target, document(reference.document_id, referrer));
  target = follow(*target, reference.pointer);
  if (target == nullptr) {
    return fail(codes::schema_reference_unknown, "\"{}\" refers to \"{}\", but \"{}\" has no \"#{}\".", referrer, name,
                reference.document_id, reference.pointer);
  }
  stack_.push_back(name);
  auto body = expand(*target, reference.document_id);
  stack_.pop_back();
  if (!body) return body;
  for (const char* member : resource_members) body->object.stable_erase(member);
  body->holds_root |= reference.document_id == root_id_;
  if (body->cut_at == uncut) {
    if (!resolved_once_.insert(name).second) (body->holds_root ? kept_of_root_ : kept_).emplace(name, *body);
  } else if (body->cut_at == stack_.size()) {
    // A cycle through this reference alone. It is not kept: what is cut depends on where the cycle was entered.
    body->cut_at = uncut;
  }
  return body;
}

Status Resolver::Walk::add_reference(std::string_view reference_text, const std::string& base_id, Body& body) {
  const Reference reference = parse_reference(reference_text, base_id);
  LG_ASSIGN(body, expand_reference(reference, base_id));
  copied_ += 1 + body.field_count;
  LG_TRY(count(body, 0));
  if (body.object.empty() && body.cut_at != uncut) body.object["type"] = "object";
  if (reference.document_id != base_id || reference.pointer.empty()) {
    body.object["meta:referencedFrom"] = reference.document_id;
  }
  return {};
}

Result<JsonObject> Resolver::Walk::own_members(const JsonObject& schema, const std::string& base_id, Body& body) {
  JsonObject own;
  for (const auto& [key, value] : schema) {
    if (key == "allOf" || key == "$ref" || key == "definitions" || key == "oneOf" || key == "anyOf" || key == "not")
      continue;
    const JsonObject* object = value.if_object();
    if ((key == "properties" || key == "patternProperties") && object != nullptr) {
      LG_TRY(count(body, object->size()));
      LG_ASSIGN(own[key], expand_each(*object, base_id, body));
    } else if ((key == "items" || key == "additionalProperties") && object != nullptr) {
      LG_ASSIGN(own[key], expand_into(*object, base_id, body));
    } else {
      own[key] = value;
    }
  }
  return own;
}

// Which part of the schema object, before part number `end`, is the last to have the dotted path. Part 0 is its $ref,
// then come the entries of allOf, then its own members.
std::string Resolver::Walk::source_of(const JsonObject& schema, const std::string& base_id, size_t end,
                                      std::string_view path) {
  const boost::json::array* entries = array_member(schema, "allOf");
  for (size_t part = std::min(end, 1 + (entries != nullptr ? entries->size() : 0)); part-- > 0;) {
    const JsonObject reference_alone{{"$ref", text_member(schema, "$ref")}};
    const JsonObject& candidate = part == 0 ? reference_alone : (*entries)[part - 1].get_object();
    const auto body = expand(candidate, base_id);
    if (!body || !has_path(body->object, path)) continue;
    const std::string_view reference = text_member(candidate, "$ref");
    return reference.empty() ? base_id : parse_reference(reference, base_id).text();
  }
  return base_id;
}

// A clash that merging found in `part` (see source_of), told with its two sources; an error that was explained further
// in stays.
Status Resolver::Walk::explain(const Error& clash, const JsonObject& schema, const std::string& base_id, size_t part) {
  const std::string& message = clash.message;
  const size_t colon = message.find(": ");
  if (clash.code != &codes::schema_type_clash || colon == std::string::npos) return std::unexpected(clash);
  const std::string path = message.substr(0, colon);
  const boost::json::array* entries = array_member(schema, "allOf");
  const bool in_entry = entries != nullptr && part <= entries->size();
  return fail(codes::schema_type_clash,
              "Field \"{}\" has two types, {}: by \"{}\" and by \"{}\". One field has one type: leave one of the two "
              "out or rename a field.",
              path.empty() ? "itself" : path, message.substr(colon + 2), source_of(schema, base_id, part, path),
              in_entry ? source_of(schema, base_id, part + 1, path) : base_id);
}

// $ref, then allOf in order, then the schema object's own members, each over the former.
Status Resolver::Walk::fill(const JsonObject& schema, const std::string& base_id, Body& body) {
  if (const std::string_view reference = text_member(schema, "$ref"); !reference.empty()) {
    LG_TRY(add_reference(reference, base_id, body));
  }
  size_t part = 1;
  if (const boost::json::array* entries = array_member(schema, "allOf")) {
    for (const JsonValue& value : *entries) {
      if (!value.is_object()) return not_a_schema("allOf", base_id);
      LG_ASSIGN(JsonObject entry, expand_into(value.get_object(), base_id, body));
      entry.stable_erase("meta:referencedFrom");
      if (Status merged = merge_alternative(body.object, std::move(entry), clash_); !merged)
        return explain(merged.error(), schema, base_id, part);
      ++part;
    }
  }
  LG_ASSIGN(JsonObject own, own_members(schema, base_id, body));
  if (Status merged = merge_alternative(body.object, std::move(own), clash_); !merged)
    return explain(merged.error(), schema, base_id, part);
  return {};
}

Result<Body> Resolver::Walk::expand(const JsonObject& schema, const std::string& base_id) {
  if (recursion_ >= recursion_max)
    return fail(codes::schema_invalid, "\"{}\" is nested too deeply to be resolved.", base_id);
  ++recursion_;
  Body body;
  const Status filled = fill(schema, base_id, body);
  --recursion_;
  if (!filled) return std::unexpected(filled.error());
  return body;
}

// All that the schema extends, directly or not: what comes first is what it rests on.
void Resolver::Walk::add_extends(const JsonObject& schema, const std::string& base_id, std::vector<std::string>& ids,
                                 size_t depth) {
  const boost::json::array* entries = array_member(schema, "allOf");
  if (entries == nullptr || depth > reference_chain_max) return;
  for (const JsonValue& entry : *entries) {
    const std::string_view text = entry.is_object() ? text_member(entry.get_object(), "$ref") : std::string_view();
    const Reference reference = parse_reference(text, base_id);
    if (text.empty() || !reference.pointer.empty() || std::ranges::find(ids, reference.document_id) != ids.end())
      continue;
    const auto target = document(reference.document_id, base_id);
    if (target) add_extends(**target, reference.document_id, ids, depth + 1);
    if (std::ranges::find(ids, reference.document_id) == ids.end()) ids.push_back(reference.document_id);
  }
}

Result<ResolvedSchema> Resolver::Walk::resolve(const JsonObject& raw) {
  LG_ASSIGN(const JsonObject named, with_xed_names(raw));
  root_id_ = text_member(raw, "$id");
  root_ = &named;
  stack_.assign(1, root_id_);
  copied_ = 0;
  auto body = expand(named, root_id_);
  std::vector<std::string> extends;
  if (body) add_extends(named, root_id_, extends, 0);
  root_ = nullptr;
  stack_.clear();
  kept_of_root_.clear();
  if (!body) return std::unexpected(std::move(body).error());

  ResolvedSchema resolved{std::move(body->object), ResourceId(root_id_), false};
  resolved.tree.stable_erase("meta:referencedFrom");
  if (!extends.empty()) resolved.tree["meta:extends"] = boost::json::array(extends.begin(), extends.end());
  LG_TRY(finish(resolved.tree));
  resolved.is_adhoc = std::ranges::find(extends, adhoc_behavior) != extends.end();
  return resolved;
}

Resolver::Resolver(Lookup lookup, Clash clash) : walk_(std::make_unique<Walk>(std::move(lookup), clash)) {}
Resolver::~Resolver() = default;
Resolver::Resolver(Resolver&&) noexcept = default;

Result<ResolvedSchema> Resolver::resolve(const JsonObject& document) { return walk_->resolve(document); }

}  // namespace lakegate::xdm
