// Values that live in one text column as JSON.
#pragma once

#include <map>
#include <string>

#include "ledger/sql.h"
#include "model/dataset.h"
#include "model/table_schema.h"

namespace lakegate::ledger {

using Properties = std::map<std::string, std::string>;

template <>
struct ColumnType<Tags> {
  using Stored = std::string;
  static std::string to_stored(const Tags& tags);
  static bool from_stored(const std::string& stored, Tags& tags);
};

template <>
struct ColumnType<Properties> {
  using Stored = std::string;
  static std::string to_stored(const Properties& properties);
  static bool from_stored(const std::string& stored, Properties& properties);
};

template <>
struct ColumnType<TableSchema> {
  using Stored = std::string;
  static std::string to_stored(const TableSchema& schema);
  static bool from_stored(const std::string& stored, TableSchema& schema);
};

}  // namespace lakegate::ledger
