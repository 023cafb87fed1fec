#include "promotion/history.h"

#include <algorithm>
#include <set>

namespace lakegate {
namespace {

std::vector<ObjectKey> keep_last(TableState& table, size_t kept) {
  std::vector<ObjectKey> lists;
  if (table.snapshots.size() > kept) {
    const auto first_kept = table.snapshots.end() - static_cast<ptrdiff_t>(kept);
    for (auto snapshot = table.snapshots.begin(); snapshot != first_kept; ++snapshot) {
      lists.push_back(snapshot->manifest_list);
    }
    table.snapshots.erase(table.snapshots.begin(), first_kept);
  }

  std::set<int32_t> referenced = {table.current_schema_id};
  for (const Snapshot& snapshot : table.snapshots) referenced.insert(snapshot.schema_id);
  std::erase_if(table.schemas, [&](const TableSchema& schema) { return !referenced.contains(schema.schema_id); });
  return lists;
}

}  // namespace

std::vector<ObjectKey> prune_history(TableState& table, int64_t snapshots_max) {
  return keep_last(table, static_cast<size_t>(std::max<int64_t>(1, snapshots_max)));
}

std::vector<ObjectKey> prune_superseded(TableState& table, Millis before) {
  size_t kept = table.snapshots.size();
  while (kept > 1 && table.snapshots[table.snapshots.size() - kept + 1].timestamp <= before) --kept;
  return keep_last(table, kept);
}

}  // namespace lakegate
