#include "api/schema_registry_accept.h"

#include <string>
#include <vector>

#include "base/ascii.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

constexpr std::string_view start = "application/vnd.adobe.";
constexpr std::string_view end = "+json";

struct MediaType {
  SchemaView view;
  std::string_view version;  // empty: no parameter
};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t at = text.find(separator);
    parts.push_back(ascii::trim(text.substr(0, at)));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool set_suffix(SchemaView& view, std::string_view suffix) {
  if (suffix == "id") {
    view.detail = SchemaDetail::id;
  } else if (suffix == "full") {
    view.detail = SchemaDetail::full;
  } else if (suffix == "deprecatefield") {
    view.detail = SchemaDetail::full;
    view.marks_deprecated = true;
  } else if (suffix == "desc") {
    view.with_descriptors = true;
  } else if (suffix == "deprecated") {
    view.marks_deprecated = true;
  } else if (suffix == "notext") {
    view.without_text = true;
  } else {
    return suffix == "flat";  // stacked by clients that flatten for themselves
  }
  return true;
}

std::optional<MediaType> parse(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, ';');
  std::string_view name = parts.front();
  if (!name.starts_with(start) || !name.ends_with(end)) return std::nullopt;
  name = name.substr(start.size(), name.size() - start.size() - end.size());
  const std::vector<std::string_view> words = split(name, '-');
  MediaType type;
  type.view.detail = SchemaDetail::raw;
  type.view.xdm_names = words.front() == "xdm";
  if (words.front() != "xed" && words.front() != "xdm") return std::nullopt;
  for (size_t i = 1; i < words.size(); ++i) {
    if (!set_suffix(type.view, words[i])) return std::nullopt;
  }
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::vector<std::string_view> parameter = split(parts[i], '=');
    if (parameter.size() == 2 && parameter[0] == "version") type.version = parameter[1];
  }
  return type;
}

// `accept` in lower case, as are the names above: media types are the same in any case (RFC 9110 section 8.3.1).
std::optional<MediaType> first_known(std::string_view accept) {
  for (const std::string_view candidate : split(accept, ',')) {
    if (auto type = parse(candidate)) return type;
  }
  return std::nullopt;
}

struct DescriptorName {
  std::string_view name;
  DescriptorView view;
};

constexpr DescriptorName descriptor_names[] = {
    {"", {DescriptorForm::objects, true}},    {"-id", {DescriptorForm::ids, true}},
    {"-link", {DescriptorForm::links, true}}, {"-v2", {DescriptorForm::objects, false}},
    {"-v2-id", {DescriptorForm::ids, false}}, {"-v2-link", {DescriptorForm::links, false}}};

std::optional<DescriptorView> parse_descriptor_view(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, ';');
  std::string_view name = parts.front();
  if (parts.size() > 1 || !name.starts_with(start) || !name.ends_with(end)) return std::nullopt;
  name = name.substr(start.size(), name.size() - start.size() - end.size());
  if (!name.starts_with("xdm") && !name.starts_with("xed")) return std::nullopt;
  for (const DescriptorName& known : descriptor_names) {
    if (name.substr(3) == known.name) return known.view;
  }
  return std::nullopt;
}

}  // namespace

Result<DescriptorView> accept_for_descriptors(std::optional<std::string_view> accept) {
  const std::string known = ascii::lower(accept.value_or(""));
  for (const std::string_view candidate : split(known, ',')) {
    if (const auto view = parse_descriptor_view(candidate)) return *view;
  }
  return fail(codes::schema_accept_descriptors,
              "For descriptors, Accept must be application/vnd.adobe.xdm+json, or xdm-id, xdm-link, xdm-v2, xdm-v2-id, "
              "xdm-v2-link in place of xdm, without a version; found \"{}\".",
              accept.value_or(""));
}

Result<SchemaView> accept_for_list(std::optional<std::string_view> accept) {
  const std::string known = ascii::lower(accept.value_or(""));
  const auto type = first_known(known);
  if (type && type->version.empty() && type->view.detail != SchemaDetail::full) return type->view;
  return fail(codes::schema_accept_list,
              "For a list, Accept must be application/vnd.adobe.xed-id+json or application/vnd.adobe.xed+json, without "
              "a version; "
              "found \"{}\".",
              accept.value_or(""));
}

Result<SchemaView> accept_for_lookup(std::optional<std::string_view> accept) {
  const std::string known = ascii::lower(accept.value_or(""));
  const auto type = first_known(known);
  const bool is_version_1 = type && (type->version == "1" || type->version.starts_with("1."));
  if (is_version_1 && type->view.detail != SchemaDetail::id) return type->view;
  return fail(codes::schema_accept_lookup,
              "For one resource, Accept must be application/vnd.adobe.xed+json; version=1 (as stored) or "
              "application/vnd.adobe.xed-full+json; version=1 (resolved); found \"{}\".",
              accept.value_or(""));
}

}  // namespace lakegate::api
