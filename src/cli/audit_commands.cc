#include <chrono>
#include <cstdio>

#include "cli/admin_commands.h"
#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr int64_t page_rows = 1'000;

int64_t ago(int64_t seconds) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count() - seconds * 1000;
}

std::string query_of(const AuditFilter& filter, int64_t limit, const std::string& cursor) {
  std::string query = fmt::format("/admin/audit?limit={}", limit);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) query += fmt::format("&{}={}", name, percent_encode(value));
  };
  add("orgId", filter.org);
  add("subject", filter.subject);
  add("actor", filter.actor);
  add("action", filter.action);
  if (filter.since_seconds) add("since", std::to_string(ago(*filter.since_seconds)));
  if (filter.until_seconds) add("until", std::to_string(ago(*filter.until_seconds)));
  add("cursor", cursor);
  return query;
}

}  // namespace

Result<ExitStatus> list_audit(const CommonOptions& common, const AuditFilter& filter) {
  LG_ASSIGN(ApiClient api, connect(common));
  json::array rows;
  std::string cursor;
  do {
    const int64_t missing = filter.limit - std::ssize(rows);
    LG_ASSIGN(const json::value page, api.get(query_of(filter, std::min(page_rows, missing), cursor)));
    for (const json::value& row : items(member(page, "entries"))) rows.push_back(row);
    cursor = text_member(page, "next");
  } while (!cursor.empty() && std::ssize(rows) < filter.limit);
  if (common.json) {
    print_json(json::object{{"entries", std::move(rows)}});
    return done;
  }
  TextTable table({"TIME", "ACTOR", "ACTION", "SUBJECT", "DETAIL"});
  for (const json::value& row : rows) {
    table.add({time_text(number_member(row, "at")), text_member(row, "actor"), text_member(row, "action"),
               text_member(row, "subject"), json::serialize(member(row, "detail"))});
  }
  std::fputs(table.text().c_str(), stdout);
  return done;
}

}  // namespace lakegate::cli
