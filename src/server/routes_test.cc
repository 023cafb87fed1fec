// The description at /openapi.json and the router tell the same: every route is described, and nothing else is.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "api/openapi.h"
#include "server/node.h"

namespace lakegate::server {
namespace {

namespace json = boost::json;

class Routes : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::filesystem::temp_directory_path() / ("lakegate-routes-" + std::to_string(::getpid()));
    Settings settings;
    settings.data = folder_;
    settings.listen = "127.0.0.1:0";
    settings.validation_workers = 1;
    settings.log_level = "error";
    auto started = Node::start(settings);
    ASSERT_TRUE(started) << started.error().message;
    for (const http::Router::Route& route : (*started)->routes()) {
      served_.insert(route.method + " " + route.pattern);
      rights_[route.method + " " + route.pattern] = route.right;
    }
    (*started)->stop();
    document_ = json::parse(api::openapi_texts().front()).as_object();
  }

  static void TearDownTestSuite() { std::filesystem::remove_all(folder_); }

  static const json::object& paths() { return document_.at("paths").as_object(); }

  static inline std::filesystem::path folder_;
  static inline std::set<std::string> served_;               // "GET /errors/{code}"
  static inline std::map<std::string, std::string> rights_;  // what each asks of its key
  static inline json::object document_;
};

bool is_method(std::string_view key) { return key != "parameters" && key != "summary" && key != "description"; }

std::string upper(std::string_view text) {
  std::string made(text);
  for (char& c : made) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return made;
}

// In a description {rest...} is a parameter like others.
std::set<std::string> without_dots(const std::set<std::string>& routes) {
  std::set<std::string> made;
  for (std::string route : routes) {
    if (const size_t dots = route.find("...}"); dots != std::string::npos) route.erase(dots, 3);
    made.insert(route);
  }
  return made;
}

TEST_F(Routes, AreThoseOfTheDescription) {
  std::set<std::string> described;
  for (const auto& [path, item] : paths()) {
    for (const auto& [method, operation] : item.as_object()) {
      if (is_method(method)) described.insert(upper(method) + " " + std::string(path));
    }
  }
  EXPECT_GT(served_.size(), 80U);
  EXPECT_THAT(without_dots(served_), ::testing::ContainerEq(described))
      << "Describe a new route in docs/openapi/, then run scripts/openapi.";
}

// x-lakegate-right says what the gateway asks. What has no right has no door either.
TEST_F(Routes, NeedTheRightOfTheDescription) {
  std::map<std::string, std::string> described;
  size_t open = 0;
  for (const auto& [path, item] : paths()) {
    for (const auto& [method, operation] : item.as_object()) {
      if (!is_method(method)) continue;
      const json::object& object = operation.as_object();
      const json::value* right = object.if_contains("x-lakegate-right");
      described[upper(method) + " " + std::string(path)] = right == nullptr ? "" : std::string(right->as_string());
      EXPECT_EQ(right == nullptr, object.at("security").as_array().empty()) << path;
      open += right == nullptr ? 1 : 0;
    }
  }
  std::map<std::string, std::string> asked;
  for (const auto& [route, right] : rights_) asked[*without_dots({route}).begin()] = right;
  EXPECT_THAT(asked, ::testing::ContainerEq(described));
  EXPECT_GT(described.size(), open + 80);
}

TEST_F(Routes, AnAliasLeadsToAnOperation) {
  size_t aliases = 0;
  for (const auto& [path, item] : paths()) {
    for (const auto& [method, operation] : item.as_object()) {
      if (!is_method(method) || !operation.as_object().contains("x-lakegate-alias-of")) continue;
      ++aliases;
      EXPECT_TRUE(
          without_dots(served_).contains(std::string(operation.as_object().at("x-lakegate-alias-of").as_string())))
          << path;
    }
  }
  EXPECT_GT(aliases, 10U);
}

json::object resolved(const json::object& document, const json::object& parameter) {
  const json::value* reference = parameter.if_contains("$ref");
  if (reference == nullptr) return parameter;
  return document.at("components").at("parameters").at(std::string(reference->as_string()).substr(24)).as_object();
}

// Each {name} of a path is described as its parameter, required, and no other is.
TEST_F(Routes, ParametersOfThePathAreDescribed) {
  for (const auto& [path, item] : paths()) {
    for (const auto& [method, operation] : item.as_object()) {
      if (!is_method(method)) continue;
      SCOPED_TRACE(upper(method) + " " + std::string(path));
      std::string with_parameters = path;
      for (const json::object* holder : {&item.as_object(), &operation.as_object()}) {
        const json::value* list = holder->if_contains("parameters");
        if (list == nullptr) continue;
        for (const json::value& entry : list->as_array()) {
          const json::object parameter = resolved(document_, entry.as_object());
          if (parameter.at("in") != "path") continue;
          EXPECT_TRUE(parameter.at("required").as_bool());
          const std::string name = "{" + std::string(parameter.at("name").as_string()) + "}";
          const size_t at = with_parameters.find(name);
          ASSERT_NE(at, std::string::npos) << name;
          with_parameters.erase(at, name.size());
        }
      }
      EXPECT_EQ(with_parameters.find('{'), std::string::npos) << with_parameters;
    }
  }
}

}  // namespace
}  // namespace lakegate::server
