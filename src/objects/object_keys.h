// Keys of objects: "<org>/<dataset>/data/<shard>/<ulid>.parquet" and "<org>/<dataset>/metadata/<name>". Nothing of a
// client's is in them, so every reader takes them literally.
#pragma once

#include <optional>
#include <string_view>

#include "base/random.h"
#include "model/ids.h"

namespace lakegate {

inline constexpr size_t object_key_bytes_max = 255;

// A new data object. Its shard, 00 to ff, is chance: no folder grows beyond a 256th of a dataset.
ObjectKey new_data_key(OrgNumber org, const DatasetId& dataset, Random& random, Millis now);

// A new manifest or manifest list: "<org>/<dataset>/metadata/<ulid>.avro".
ObjectKey new_avro_key(OrgNumber org, const DatasetId& dataset, Random& random, Millis now);

// `name`: letters, digits, '.', '-' and '_' (asserted), e.g. "00007-<uuid>.metadata.json".
ObjectKey metadata_key(OrgNumber org, const DatasetId& dataset, std::string_view name);

// What a table's keys begin with: its location for readers, not an object.
ObjectKey table_folder_key(OrgNumber org, const DatasetId& dataset);

// The object of a table that a location means, wherever the store was when the location was written: what stands behind
// the last "/<table_folder>/" in it. Nothing: it is none of this table's.
std::optional<ObjectKey> key_of_location(std::string_view location, const ObjectKey& table_folder);

// Relative, parts of [A-Za-z0-9._-] that do not begin with '.', at most object_key_bytes_max: what a store accepts.
bool is_object_key(const ObjectKey& key);

}  // namespace lakegate
