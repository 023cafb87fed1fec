#include <cstdio>

#include "base/error_codes.h"
#include "cli/admin_commands.h"
#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view root = "/admin/quotas";

std::string path_of(const ApiClient& api, const QuotaOptions& wanted) {
  const std::string org = wanted.org.empty() ? api.target().org : wanted.org;
  std::string path = fmt::format("{}/{}", root, percent_encode(org));
  if (!wanted.sandbox.empty()) path += "/sandboxes/" + percent_encode(wanted.sandbox);
  return path;
}

// "12 of 100"; bytes in their units.
std::string cell(const json::value& owner, const char* name, bool bytes) {
  const auto shown = [&](int64_t value) { return bytes ? bytes_text(value) : std::to_string(value); };
  const std::string used = shown(number_member(member(owner, "usage"), name));
  const json::value& limit = member(member(owner, "limits"), name);
  return limit.is_null() ? used : fmt::format("{} of {}", used, shown(number(limit)));
}

void print_quotas(const CommonOptions& common, const json::value& quotas) {
  if (common.json) {
    print_json(quotas);
    return;
  }
  TextTable table({"SANDBOX", "STORED BYTES", "BATCHES", "BATCHES TODAY", "OPEN UPLOADS"});
  const auto add = [&](const std::string& name, const json::value& owner) {
    table.add({name, cell(owner, "storedBytes", true), cell(owner, "batches", false),
               cell(owner, "batchesPerDay", false), cell(owner, "openUploads", false)});
  };
  for (const json::value& sandbox : items(member(quotas, "sandboxes"))) add(text_member(sandbox, "name"), sandbox);
  add("(org)", quotas);
  std::fputs(table.text().c_str(), stdout);
}

}  // namespace

Result<ExitStatus> show_quotas(const CommonOptions& common, const QuotaOptions& wanted) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value quotas,
            api.get(std::string(root) + (wanted.org.empty() ? "" : "?orgId=" + percent_encode(wanted.org))));
  print_quotas(common, quotas);
  return done;
}

Result<ExitStatus> set_quota(const CommonOptions& common, const QuotaOptions& wanted) {
  json::object limits;
  const auto take = [&](const char* name, const std::optional<int64_t>& value) {
    if (value) limits[name] = *value;
  };
  take("storedBytes", wanted.stored_bytes);
  take("batches", wanted.batches);
  take("batchesPerDay", wanted.batches_per_day);
  take("openUploads", wanted.open_uploads);
  if (limits.empty()) {  // which the server would take for no quota at all
    return fail(codes::invalid_argument,
                "Say at least one of --stored-bytes, --batches, --batches-per-day and --open-uploads. `quota clear` "
                "takes a quota away.");
  }
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value quotas, api.exchange("PUT", path_of(api, wanted), limits));
  print_quotas(common, quotas);
  return done;
}

Result<ExitStatus> clear_quota(const CommonOptions& common, const QuotaOptions& wanted) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_TRY(api.remove(path_of(api, wanted)));
  return show_quotas(common, wanted);
}

}  // namespace lakegate::cli
