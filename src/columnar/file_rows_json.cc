#include "columnar/file_rows_json.h"

#include <boost/json.hpp>

#include <algorithm>

#include "base/error_codes.h"
#include "base/utf8.h"
#include "model/json_members.h"

namespace lakegate::columnar {
namespace {

namespace json = boost::json;

constexpr int64_t format_version = 1;
constexpr size_t json_depth_max = 256;  // a file's columns nest 100 deep; maps and lists add to it
constexpr size_t columns_max = 50'000;
constexpr size_t message_points_max = 500;

std::unexpected<Error> broken(std::string_view what) {
  return fail(codes::corrupt, "The rows that were read are not usable: {}.", what);
}

Result<RowColumn> read_column(const json::value& from) {
  if (!from.is_array() || from.get_array().size() != 2) return broken("a column that is no pair");
  const json::array& pair = from.get_array();
  if (!pair[0].is_int64() || !pair[1].is_string()) return broken("a column without id and name");
  const int64_t id = pair[0].get_int64();
  if (id < 0 || id > INT32_MAX) return broken("a column's id");
  return RowColumn{.field_id = static_cast<int32_t>(id), .name = std::string(pair[1].get_string())};
}

}  // namespace

std::string file_rows_to_json(const Result<FileRows>& rows) {
  if (!rows) {
    return json::serialize(json::object{{"version", format_version},
                                        {"isTooLarge", rows.error().kind() == ErrorKind::too_large},
                                        {"message", printable(rows.error().message, message_points_max)}});
  }
  json::array columns;
  for (const RowColumn& column : rows->columns) columns.push_back(json::array{column.field_id, column.name});
  return json::serialize(json::object{{"version", format_version},
                                      {"columns", std::move(columns)},
                                      {"rows", rows->rows},
                                      {"bytes", rows->bytes},
                                      {"isCut", rows->is_cut}});
}

Result<FileRows> file_rows_from_json(std::string_view text, const RowQuery& query) {
  LG_ASSIGN(json::object root, read_versioned_json(text, format_version, json_depth_max));
  const JsonMembers in(root, "the rows that were read");
  if (in.has("message")) {
    LG_ASSIGN(const bool is_too_large, in.flag("isTooLarge"));
    LG_ASSIGN(const std::string message, in.text("message"));
    return fail(is_too_large ? codes::too_large : codes::corrupt, "{}", printable(message, message_points_max));
  }
  FileRows rows;
  LG_ASSIGN(rows.bytes, in.integer("bytes"));
  LG_ASSIGN(rows.is_cut, in.flag("isCut"));
  LG_ASSIGN(const json::array* const columns, in.list("columns"));
  LG_ASSIGN(const json::array* const read, in.list("rows"));
  const bool fits = rows.bytes >= 0 && rows.bytes <= query.bytes_max && columns->size() <= columns_max &&
                    static_cast<int64_t>(read->size()) <= query.rows_max;
  if (!fits) return broken("more than was asked for");
  for (const json::value& column : *columns) {
    LG_ASSIGN(rows.columns.emplace_back(), read_column(column));
  }
  if (!std::ranges::all_of(*read, &json::value::is_object)) return broken("a row that is no object");
  rows.rows = std::move(root.at("rows").get_array());
  return rows;
}

}  // namespace lakegate::columnar
