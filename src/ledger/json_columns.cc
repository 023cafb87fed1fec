#include "ledger/json_columns.h"

#include <boost/json.hpp>

#include "model/table_schema_json.h"

namespace lakegate::ledger {
namespace {

// Null where it is none.
const boost::json::object* object_of(boost::json::value& room, std::string_view text) {
  boost::system::error_code error;
  room = boost::json::parse(text, error);
  return error ? nullptr : room.if_object();
}

}  // namespace

std::string ColumnType<Tags>::to_stored(const Tags& tags) {
  boost::json::object object;
  for (const auto& [key, values] : tags) object[key] = boost::json::array(values.begin(), values.end());
  return boost::json::serialize(object);
}

bool ColumnType<Tags>::from_stored(const std::string& stored, Tags& tags) {
  boost::json::value room;
  const boost::json::object* object = object_of(room, stored);
  if (object == nullptr) return false;
  for (const auto& [key, values] : *object) {
    if (!values.is_array()) return false;
    std::vector<std::string>& texts = tags[key];
    for (const boost::json::value& value : values.get_array()) {
      if (!value.is_string()) return false;
      texts.emplace_back(value.get_string());
    }
  }
  return true;
}

std::string ColumnType<Properties>::to_stored(const Properties& properties) {
  boost::json::object object;
  for (const auto& [name, value] : properties) object[name] = value;
  return boost::json::serialize(object);
}

bool ColumnType<Properties>::from_stored(const std::string& stored, Properties& properties) {
  boost::json::value room;
  const boost::json::object* object = object_of(room, stored);
  if (object == nullptr) return false;
  for (const auto& [name, value] : *object) {
    if (!value.is_string()) return false;
    properties[name] = value.get_string();
  }
  return true;
}

std::string ColumnType<TableSchema>::to_stored(const TableSchema& schema) { return table_schema_to_json(schema); }

bool ColumnType<TableSchema>::from_stored(const std::string& stored, TableSchema& schema) {
  auto read = table_schema_from_json(stored);
  if (!read.has_value()) return false;
  schema = *std::move(read);
  return true;
}

}  // namespace lakegate::ledger
