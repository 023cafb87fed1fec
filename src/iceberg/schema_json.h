// Schemas as Iceberg writes them. Table specification, appendix C "Schemas".
#pragma once

#include <boost/json/object.hpp>

#include "model/table_schema.h"

namespace lakegate::iceberg {

// Names are the table's; every column is optional, map keys excepted.
boost::json::object to_json(const TableSchema& schema);

}  // namespace lakegate::iceberg
