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
  return detail + (view->without_text ? " notext" : "") + (view->xdm_names ? " xdm" : "");
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
  check_lookup("application/vnd.adobe.xed+json ; version = 1.0", "raw");
  check_lookup("application/vnd.adobe.xed-full+json; version=1", "full");
  check_lookup("application/vnd.adobe.xed-notext+json; version=1", "raw notext");
  check_lookup("application/vnd.adobe.xed-full-notext+json; version=1", "full notext");
  check_lookup("application/vnd.adobe.xed-full-desc+json; version=1", "full");
  check_lookup("application/vnd.adobe.xed-deprecatefield+json; version=1", "full");
  check_lookup("application/vnd.adobe.xed-full-desc-flat-deprecated+json; version=1", "full");
  check_lookup("application/vnd.adobe.xdm-full+json; version=1", "full xdm");
  check_lookup("application/vnd.adobe.xed-full+json", "XDM-1007-400");
  check_lookup("application/vnd.adobe.xed-full+json; version=2", "XDM-1007-400");
  check_lookup("application/vnd.adobe.xed-full+json; version=", "XDM-1007-400");
  check_lookup("application/vnd.adobe.xed-id+json; version=1", "XDM-1007-400");
  check_lookup("application/json", "XDM-1007-400");
  check_lookup(std::nullopt, "XDM-1007-400");
}

}  // namespace
}  // namespace lakegate::api
