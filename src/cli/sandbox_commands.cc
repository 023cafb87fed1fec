#include <cstdio>

#include "cli/admin_commands.h"
#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view root = "/admin/sandboxes";

std::string path_of(const std::string& name) { return fmt::format("{}/{}", root, percent_encode(name)); }

void print_sandbox(const CommonOptions& common, const json::value& sandbox) {
  if (common.json) {
    print_json(sandbox);
    return;
  }
  std::printf("name     %s\ntitle    %s\ntype     %s\nid       %s\ncreated  %s by %s\n",
              one_line(text_member(sandbox, "name")).c_str(), one_line(text_member(sandbox, "title")).c_str(),
              text_member(sandbox, "type").c_str(), text_member(sandbox, "id").c_str(),
              time_text(number_member(sandbox, "created")).c_str(),
              one_line(text_member(sandbox, "createdUser")).c_str());
}

}  // namespace

Result<ExitStatus> create_sandbox(const CommonOptions& common, const SandboxOptions& wanted) {
  LG_ASSIGN(ApiClient api, connect(common));
  json::object order{{"name", wanted.name}, {"type", wanted.type}};
  if (!wanted.title.empty()) order.emplace("title", wanted.title);
  LG_ASSIGN(const json::value made, api.post(std::string(root), order));
  print_sandbox(common, made);
  return done;
}

Result<ExitStatus> list_sandboxes(const CommonOptions& common) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value answer, api.get(std::string(root)));
  if (common.json) {
    print_json(answer);
    return done;
  }
  TextTable table({"NAME", "TITLE", "TYPE", "CREATED"});
  for (const json::value& sandbox : items(member(answer, "sandboxes"))) {
    table.add({text_member(sandbox, "name"), text_member(sandbox, "title"), text_member(sandbox, "type"),
               time_text(number_member(sandbox, "created"))});
  }
  std::fputs(table.text().c_str(), stdout);
  return done;
}

Result<ExitStatus> show_sandbox(const CommonOptions& common, const std::string& name) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value answer, api.get(path_of(name)));
  print_sandbox(common, answer);
  return done;
}

Result<ExitStatus> delete_sandbox(const CommonOptions& common, const std::string& name) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_TRY(api.remove(path_of(name)));
  if (common.json) {
    print_json(json::object{{"deleted", name}});
  } else {
    std::printf("deleted %s\n", name.c_str());
  }
  return done;
}

}  // namespace lakegate::cli
