// Tables' files name objects by their locations. When the store is at another place they are written anew; what the
// table is stays the same.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

// Of the store, when the files of all tables were last known to name it. Nothing: never noted.
Result<std::optional<std::string>> find_store_location(ReadTx& tx);
Status set_store_location(Tx& tx, std::string_view location);

// A manifest or manifest list that takes another one's place.
struct ReplacedObject {
  ObjectKey former;
  ObjectKey object;  // `writing`, its bytes durable
  int64_t length_bytes = 0;
};

// Wherever the table refers to the former ones it refers to the others from now on: snapshots, manifests, what is
// retired. The former ones are condemned for `due`, the version is the next one, so that readers and the metadata file
// learn of it. `conflict`: the table has not `version` any more; nothing was changed.
Status replace_table_objects(Tx& tx, const DatasetId& dataset, int64_t version, std::span<const ReplacedObject> objects,
                             Millis due);

}  // namespace lakegate::ledger
