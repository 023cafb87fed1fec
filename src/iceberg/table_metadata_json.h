// Table metadata as JSON, format version 2. Table specification, "Table Metadata" and appendix C.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "iceberg/locate.h"
#include "model/table_state.h"

namespace lakegate::iceberg {

enum class SnapshotsShown { all, refs };  // refs: only those that a branch or tag names (REST `snapshots=refs`)

// Partition spec 0 and sort order 0 are empty. `location`: the table's folder.
boost::json::object to_json(const TableState& table, const std::string& location, const Locate& locate,
                            SnapshotsShown shown = SnapshotsShown::all);

}  // namespace lakegate::iceberg
