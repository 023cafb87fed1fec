#include "cli/adhoc_dataset.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/file_descriptor.h"
#include "cli/error_codes.h"
#include "cli/json_reading.h"
#include "columnar/adhoc_schema.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

// docs/errors.md: titles are unique in a sandbox.
constexpr std::string_view title_taken = "(LG-1401-400)";
constexpr std::string_view adhoc_behavior = "https://ns.adobe.com/xdm/data/adhoc";

Result<json::object> columns_of(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts{};
  if (!file || ::fstat(file.get(), &facts) != 0)
    return fail(codes::local_file, "Cannot read {}: {}.", path, std::strerror(errno));
  if (!S_ISREG(facts.st_mode)) return fail(codes::local_file, "{} is no file.", path);
  auto properties = columnar::adhoc_properties(file.get(), facts.st_size);
  if (properties) return std::move(*properties);
  const Violation& wrong = properties.error();
  return fail(codes::local_file, "{}{}{}: found {}, expected {}. {} ({})", path,
              wrong.column.empty() ? "" : ", column ", wrong.column, wrong.found, wrong.expected, wrong.remedy,
              wrong.code);
}

Result<std::string> create(ApiClient& api, std::string_view type, json::object resource) {
  const Result<json::value> made = api.post(fmt::format("{}/tenant/{}", registry_root, type), std::move(resource));
  if (made) return text_member(*made, "$id");
  Error error = made.error();
  if (error.message.ends_with(title_taken)) {
    error.message +=
        "\nThe sandbox has schemas of this name from another `dataset create --from`, also of a dataset that is "
        "deleted by now. Choose another name, or make the dataset over the schema that is there: `lakegate schema "
        "list` shows it, `--schema ID` takes it.";
  }
  return std::unexpected(std::move(error));
}

}  // namespace

Result<std::string> create_adhoc_schema(ApiClient& api, const std::string& title, const std::string& file) {
  LG_ASSIGN(json::object properties, columns_of(file));
  const std::string description = fmt::format("Made of the columns of {}", file.substr(file.rfind('/') + 1));
  json::object columns{{"properties", {{"_adhoc", {{"type", "object"}, {"properties", std::move(properties)}}}}}};
  LG_ASSIGN(const std::string class_id,
            create(api, "classes",
                   {{"type", "object"},
                    {"title", title + " columns"},
                    {"description", description},
                    {"allOf", json::array{json::object{{"$ref", adhoc_behavior}}, std::move(columns)}}}));
  return create(api, "schemas",
                {{"type", "object"},
                 {"title", title},
                 {"description", description},
                 {"allOf", json::array{json::object{{"$ref", class_id}}}}});
}

}  // namespace lakegate::cli
