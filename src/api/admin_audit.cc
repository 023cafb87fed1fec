#include <boost/json.hpp>

#include <charconv>

#include "api/admin.h"
#include "base/error_codes.h"
#include "ledger/audit.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr int64_t limit_default = 100;

template <class T>
bool read_number(std::string_view text, T& value) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() && value >= 0;
}

Result<std::optional<int64_t>> number_parameter(const http::Request& request, std::string_view name, int64_t min,
                                                int64_t max) {
  const auto text = request.query_value(name);
  if (!text) return std::nullopt;
  int64_t value = 0;
  if (read_number(*text, value) && value >= min && value <= max) return value;
  return fail(codes::invalid_argument, "{} is \"{}\"; expected a whole number, {} to {}.", name, *text, min, max);
}

std::string cursor_text(const ledger::AuditMark& mark) { return fmt::format("{}.{}", mark.at, mark.number); }

Result<std::optional<ledger::AuditMark>> read_cursor(const http::Request& request) {
  const auto text = request.query_value("cursor");
  if (!text) return std::nullopt;
  const size_t point = text->find('.');
  ledger::AuditMark mark;
  if (point != std::string_view::npos && read_number(text->substr(0, point), mark.at) &&
      read_number(text->substr(point + 1), mark.number)) {
    return mark;
  }
  return fail(codes::invalid_argument, "cursor is \"{}\"; expected what `next` of the page before said.", *text);
}

Result<ledger::AuditQuery> read_query(const http::Request& request) {
  constexpr Millis time_max = 9'999'999'999'999'999;
  ledger::AuditQuery query;
  query.subject = request.query_value("subject").value_or("");
  query.actor = request.query_value("actor").value_or("");
  query.action = request.query_value("action").value_or("");
  LG_ASSIGN(query.since, number_parameter(request, "since", 0, time_max));
  LG_ASSIGN(query.until, number_parameter(request, "until", 0, time_max));
  LG_ASSIGN(const auto limit, number_parameter(request, "limit", 1, ledger::audit_page_rows_max));
  query.limit = limit.value_or(limit_default);
  LG_ASSIGN(query.after, read_cursor(request));
  return query;
}

json::value parsed(const std::string& detail) {
  boost::system::error_code failed;
  json::value made = json::parse(detail, failed);
  return failed ? json::value(json::object()) : made;
}

json::object render(const ledger::AuditRow& row) {
  const ledger::AuditEntry& entry = row.entry;
  json::object made{{"at", entry.at}, {"actor", entry.actor}, {"action", entry.action}, {"subject", entry.subject}};
  made["requestId"] = entry.request_id.empty() ? json::value(nullptr) : json::value(entry.request_id);
  made["detail"] = parsed(entry.detail);
  return made;
}

Result<http::Response> list(const AdminRoutes& parts, const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(ledger::AuditQuery query, read_query(request));
  const int64_t limit = query.limit++;  // one more, to know whether there are more
  LG_ASSIGN(std::vector<ledger::AuditRow> rows,
            parts.ledger.read([&](ReadTx& tx) -> Result<std::vector<ledger::AuditRow>> {
              LG_ASSIGN(const ledger::Org org, org_asked_for(tx, request, identity));
              return ledger::list_audit(tx, org.number, query);
            }));
  const bool more = std::ssize(rows) > limit;
  if (more) rows.resize(static_cast<size_t>(limit));
  json::array entries;
  for (const ledger::AuditRow& row : rows) entries.push_back(render(row));
  return json_answer(200, json::object{{"entries", std::move(entries)},
                                       {"next", more ? json::value(cursor_text(rows.back().mark)) : json::value()}});
}

}  // namespace

void add_audit_routes(http::Router& router, const AdminRoutes& parts) {
  router.add("GET", "/admin/audit",
             parts.gateway.authorised({Right::manage, Reach::org},
                                      [parts](const http::Request& request, const auth::Identity& identity) {
                                        return list(parts, request, identity);
                                      }));
}

}  // namespace lakegate::api
