#include "api/schema_registry_accept.h"

#include <gtest/gtest.h>

#include <string>

namespace lakegate::api {
namespace {

std::string describe(const Result<SchemaView>& view) {
  if (!view) return std::string(view.error().code->id);
  const std::string detail = view->detail == SchemaDetail::id    ? "id"
                             : view->detail == SchemaDetail::raw ? "raw"
                                                                 : "full";
  return detail + (view->without_text ? " notext" : "") + (view->with_descriptors ? " desc" : "") +
         (view->marks_deprecated ? " deprecated" : "") + (view->xdm_names ? " xdm" : "");
}

void check_list(std::optional<std::string_view> accept, std::string_view expected) {
  EXPECT_EQ(describe(accept_for_list(accept)), expected) << accept.value_or("(none)");
}

void check_lookup(std::optional<std::string_view> accept, std::string_view expected) {
  EXPECT_EQ(describe(accept_for_lookup(accept)), expected) << accept.value_or("(none)");
}

TEST(SchemaRegistryAccept, OfLists) {
  check_list("application/vnd.adobe.xed-id+json", "id");
  check_list("application/vnd.adobe.xed+json", "raw");
  check_list("application/vnd.adobe.xdm-id+json", "id xdm");
  check_list("application/vnd.adobe.xdm+json", "raw xdm");
  check_list("Application/VND.Adobe.XED-Id+JSON", "id");
  check_list("text/html, application/vnd.adobe.xed-id+json", "id");
  check_list("application/vnd.adobe.xed-id+json; version=1", "XDM-1006-400");
  check_list("application/vnd.adobe.xed-full+json", "XDM-1006-400");
  check_list("application/vnd.adobe.xed-nonsense+json", "XDM-1006-400");
  check_list("application/vnd.adobe.xyz+json", "XDM-1006-400");
  check_list("application/json", "XDM-1006-400");
  check_list("*/*", "XDM-1006-400");
  check_list(std::nullopt, "XDM-1006-400");
}

TEST(SchemaRegistryAccept, OfLookups) {
  check_lookup("application/vnd.adobe.xed+json; version=1", "raw");
  check_lookup("application/vnd.adobe.xed+json;version=1", "raw");
  check_lookup("APPLICATION/VND.ADOBE.XED-FULL+JSON; VERSION=1", "full");
  check_lookup("application/vnd.adobe.xed+json ; version = 1.0", "raw");
  check_lookup("application/vnd.adobe.xed-full+json; version=1", "full");
  check_lookup("application/vnd.adobe.xed-notext+json; version=1", "raw notext");
  check_lookup("application/vnd.adobe.xed-full-notext+json; version=1", "full notext");
  check_lookup("application/vnd.adobe.xed-full-desc+json; version=1", "full desc");
  check_lookup("application/vnd.adobe.xed-deprecatefield+json; version=1", "full deprecated");
  check_lookup("application/vnd.adobe.xed-full-desc-flat-deprecated+json; version=1", "full desc deprecated");
  check_lookup("application/vnd.adobe.xdm-full+json; version=1", "full xdm");
  check_lookup("application/vnd.adobe.xed-full+json", "XDM-1007-400");
  check_lookup("application/vnd.adobe.xed-full+json; version=2", "XDM-1007-400");
  check_lookup("application/vnd.adobe.xed-full+json; version=", "XDM-1007-400");
  check_lookup("application/vnd.adobe.xed-id+json; version=1", "XDM-1007-400");
  check_lookup("application/json", "XDM-1007-400");
  check_lookup(std::nullopt, "XDM-1007-400");
}

void check_descriptors(std::optional<std::string_view> accept, std::string_view expected) {
  const auto view = accept_for_descriptors(accept);
  constexpr const char* forms[] = {"ids", "links", "objects"};
  const std::string seen = view ? std::string(forms[static_cast<int>(view->form)]) + (view->grouped ? " grouped" : "")
                                : view.error().code->id.data();
  EXPECT_EQ(seen, expected) << accept.value_or("(none)");
}

TEST(SchemaRegistryAccept, OfDescriptors) {
  check_descriptors("application/vnd.adobe.xdm+json", "objects grouped");
  check_descriptors("application/vnd.adobe.xdm-id+json", "ids grouped");
  check_descriptors("application/vnd.adobe.xdm-link+json", "links grouped");
  check_descriptors("application/vnd.adobe.xdm-v2+json", "objects");
  check_descriptors("application/vnd.adobe.xdm-v2-id+json", "ids");
  check_descriptors("application/vnd.adobe.xdm-v2-link+json", "links");
  check_descriptors("application/vnd.adobe.xed-v2+json", "objects");
  check_descriptors("application/json, application/vnd.adobe.xdm+json", "objects grouped");
  check_descriptors("application/vnd.adobe.xdm+json; version=1", "XDM-1008-400");
  check_descriptors("application/vnd.adobe.xdm-full+json", "XDM-1008-400");
  check_descriptors("application/json", "XDM-1008-400");
  check_descriptors(std::nullopt, "XDM-1008-400");
}

}  // namespace
}  // namespace lakegate::api
