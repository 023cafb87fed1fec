// The public model's own examples as records: what its authors call valid must pass our checks, what they call invalid
// must not. The small judge here reads JSON and knows nothing of files; it is a second reading of CheckSchema beside
// validation's.
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <regex>

#include "xdm/names.h"
#include "xdm/patterns.h"
#include "xdm/public_model.h"
#include "xdm/table_mapping.h"

namespace lakegate::xdm {
namespace {

// Answers with the first violation's path and reason; empty: none.
class RecordJudge {
 public:
  std::string record(const JsonObject& value, const std::vector<CheckNode>& columns, const std::string& path = "");

 private:
  std::string field(const JsonValue& value, const CheckNode& node, const std::string& path);
  std::string text(const JsonValue& value, const CheckNode& node, const std::string& path);
  std::string number(const JsonValue& value, const CheckNode& node, const std::string& path);
  std::string list(const JsonValue& value, const CheckNode& node, const std::string& path);
  std::string map(const JsonValue& value, const CheckNode& node, const std::string& path);
};

// Keys of one object as XED names, sharing structs.
JsonObject renamed(const JsonObject& object) {
  JsonObject result;
  for (const auto& [key, value] : object) {
    JsonObject* at = &result;
    const std::vector<std::string> path = xed_path(key);
    for (size_t step = 0; step + 1 < path.size(); ++step) {
      JsonValue& below = (*at)[path[step]];
      if (!below.is_object()) below.emplace_object();
      at = &below.get_object();
    }
    (*at)[path.back()] = value;
  }
  return result;
}

std::string RecordJudge::record(const JsonObject& value, const std::vector<CheckNode>& columns,
                                const std::string& path) {
  const JsonObject fields = renamed(value);
  for (const CheckNode& node : columns) {
    const std::string below = path + "." + node.name;
    const JsonValue* present = fields.if_contains(node.name);
    if (present == nullptr || present->is_null()) {
      if (node.constraints.required) return below + " is required";
      continue;
    }
    if (std::string wrong = field(*present, node, below); !wrong.empty()) return wrong;
  }
  return {};
}

std::string RecordJudge::text(const JsonValue& value, const CheckNode& node, const std::string& path) {
  static const std::regex date(R"(\d{4}-\d{2}-\d{2})");
  static const std::regex date_time(R"(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2}))");
  if (!value.is_string()) return path + " is no text";
  const std::string content(value.get_string());
  const Constraints& rules = node.constraints;
  if (node.kind == TypeKind::date) return std::regex_match(content, date) ? "" : path + " is no date: " + content;
  if (node.kind == TypeKind::timestamptz)
    return std::regex_match(content, date_time) ? "" : path + " is no time: " + content;
  const auto length = static_cast<int64_t>(std::ranges::count_if(content, [](char c) { return (c & 0xC0) != 0x80; }));
  if (rules.length_min && length < *rules.length_min) return path + " is too short";
  if (rules.length_max && length > *rules.length_max) return path + " is too long";
  if (rules.pattern && !RE2::PartialMatch(content, RE2(*translate_pattern(*rules.pattern))))
    return path + " does not match: " + content;
  const bool allowed =
      rules.enumeration.empty() || std::ranges::find(rules.enumeration, content) != rules.enumeration.end();
  return allowed ? "" : path + " is not in the enum: " + content;
}

std::string RecordJudge::number(const JsonValue& value, const CheckNode& node, const std::string& path) {
  if (!value.is_number()) return path + " is no number";
  const auto found = value.to_number<double>();
  const Constraints& rules = node.constraints;
  if (node.kind != TypeKind::float64 && found != std::floor(found)) return path + " is no integer";
  if (node.kind == TypeKind::int32 && std::abs(found) > 2147483648.0) return path + " is no 32-bit integer";
  if (rules.minimum_integer && found < static_cast<double>(*rules.minimum_integer)) return path + " is too small";
  if (rules.maximum_integer && found > static_cast<double>(*rules.maximum_integer)) return path + " is too large";
  if (rules.minimum && (rules.exclusive_minimum ? found <= *rules.minimum : found < *rules.minimum))
    return path + " is too small";
  if (rules.maximum && (rules.exclusive_maximum ? found >= *rules.maximum : found > *rules.maximum))
    return path + " is too large";
  return {};
}

std::string RecordJudge::list(const JsonValue& value, const CheckNode& node, const std::string& path) {
  if (!value.is_array()) return path + " is no list";
  const auto count = static_cast<int64_t>(value.get_array().size());
  if (node.constraints.items_min && count < *node.constraints.items_min) return path + " has too few items";
  if (node.constraints.items_max && count > *node.constraints.items_max) return path + " has too many items";
  for (const JsonValue& item : value.get_array()) {
    if (std::string wrong = field(item, node.children[0], path + "[]"); !wrong.empty()) return wrong;
  }
  return {};
}

std::string RecordJudge::map(const JsonValue& value, const CheckNode& node, const std::string& path) {
  if (!value.is_object()) return path + " is no map";
  for (const auto& [key, entry] : value.get_object()) {
    if (std::string wrong = field(JsonValue(key), node.children[0], path + "(key)"); !wrong.empty()) return wrong;
    if (std::string wrong = field(entry, node.children[1], path + "{}"); !wrong.empty()) return wrong;
  }
  return {};
}

std::string RecordJudge::field(const JsonValue& value, const CheckNode& node, const std::string& path) {
  switch (node.kind) {
    case TypeKind::structure:
      return value.is_object() ? record(value.get_object(), node.children, path) : path + " is no object";
    case TypeKind::list: return list(value, node, path);
    case TypeKind::map: return map(value, node, path);
    case TypeKind::boolean: return value.is_bool() ? "" : path + " is neither true nor false";
    case TypeKind::int32:
    case TypeKind::int64:
    case TypeKind::float64: return number(value, node, path);
    default: return text(value, node, path);
  }
}

JsonValue read(const std::filesystem::path& file) {
  std::ifstream in(file);
  return boost::json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
}

struct Tally {
  size_t passed = 0;
  std::vector<std::string> refused;
};

// Judges every file of `kind` ("example", "invalid") whose schema has its stem, by that schema.
Tally judge(const PublicModel& model, const std::filesystem::path& folder, std::string_view kind) {
  static const std::regex stem_of(R"((.*)\.([a-z]+)\.\d+\.json)");
  Resolver resolver(model.lookup());
  Tally tally;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    std::smatch match;
    const std::string name = entry.path().filename().string();
    if (!std::regex_match(name, match, stem_of) || match[2].str() != kind) continue;
    const auto schema_file = entry.path().parent_path() / (match[1].str() + ".schema.json");
    if (!std::filesystem::exists(schema_file)) continue;
    const JsonValue schema = read(schema_file);
    const auto resolved = resolver.resolve(schema.get_object());
    FieldFacts facts;
    const auto table = to_table_schema(*resolved, facts);
    const auto checks = to_check_schema(*resolved, *table);
    const JsonValue record = read(entry.path());
    const std::string wrong =
        record.is_object() ? RecordJudge().record(record.get_object(), checks->columns) : "the record is no object";
    if (wrong.empty()) {
      ++tally.passed;
    } else {
      tally.refused.push_back(name + ": " + wrong);
    }
  }
  return tally;
}

TEST(PublicExamples, PassAsRecords) {
  const PublicModel* model = public_model();
  if (model == nullptr) GTEST_SKIP() << "the public model's files are not beside the repository (../shared/xdm)";
  // One example forgot the prefix of a name: no field to JSON Schema, but spelt as our files spell it, and of another
  // type.
  const Tally components = judge(*model, *shared_folder() / "xdm" / "components", "example");
  EXPECT_EQ(components.passed, 492u);
  EXPECT_EQ(components.refused,
            std::vector<std::string>{"product-measurement.example.1.json: .productSize is no text"});
  const Tally schemas = judge(*model, *shared_folder() / "xdm" / "schemas", "example");
  EXPECT_EQ(schemas.passed, 98u);
  EXPECT_EQ(schemas.refused, std::vector<std::string>());
}

TEST(PublicExamples, OfWrongRecordsAreRefused) {
  const PublicModel* model = public_model();
  if (model == nullptr) GTEST_SKIP() << "the public model's files are not beside the repository (../shared/xdm)";
  const Tally tally = judge(*model, *shared_folder() / "xdm" / "components", "invalid");
  EXPECT_EQ(tally.passed, 0u);
  EXPECT_EQ(tally.refused.size(), 2u);
}

}  // namespace
}  // namespace lakegate::xdm
