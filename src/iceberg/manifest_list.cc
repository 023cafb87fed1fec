#include "iceberg/manifest_list.h"

#include "base/error_codes.h"
#include "iceberg/avro_encoder.h"
#include "iceberg/avro_fields.h"
#include "iceberg/manifest_schema.h"

namespace lakegate::iceberg {
namespace {

// Field by field in the order of manifest_list_avro_schema.
void put_manifest(AvroEncoder& encoder, const ManifestFile& manifest, const Locate& locate) {
  encoder.put_bytes(locate(manifest.object));
  encoder.put_long(manifest.length_bytes);
  encoder.put_long(0);  // partition_spec_id
  encoder.put_long(0);  // content: data
  encoder.put_long(manifest.sequence_number);
  encoder.put_long(manifest.min_sequence_number);
  encoder.put_long(manifest.added_snapshot_id);
  encoder.put_long(manifest.counts.added_files);
  encoder.put_long(manifest.counts.existing_files);
  encoder.put_long(manifest.counts.deleted_files);
  encoder.put_long(manifest.counts.added_rows);
  encoder.put_long(manifest.counts.existing_rows);
  encoder.put_long(manifest.counts.deleted_rows);
  encoder.put_value_branch();  // partitions: known to be none
  encoder.begin_array(0);
  encoder.put_null_branch();  // key_metadata
}

Result<ManifestListEntry> read_entry(const AvroValue& record) {
  ManifestListEntry entry;
  const auto read = [&](int32_t field_id, auto& into) -> Status {
    LG_ASSIGN(const int64_t value, required_integer(record, field_id));
    into = static_cast<std::remove_reference_t<decltype(into)>>(value);
    return {};
  };
  LG_ASSIGN(entry.manifest_path, required_text(record, 500));
  LG_TRY(read(501, entry.length_bytes));
  LG_TRY(read(502, entry.partition_spec_id));
  LG_TRY(read(517, entry.content));
  LG_TRY(read(515, entry.sequence_number));
  LG_TRY(read(516, entry.min_sequence_number));
  LG_TRY(read(503, entry.added_snapshot_id));
  LG_TRY(read(504, entry.counts.added_files));
  LG_TRY(read(505, entry.counts.existing_files));
  LG_TRY(read(506, entry.counts.deleted_files));
  LG_TRY(read(512, entry.counts.added_rows));
  LG_TRY(read(513, entry.counts.existing_rows));
  LG_TRY(read(514, entry.counts.deleted_rows));
  return entry;
}

}  // namespace

std::string write_manifest_list(const Snapshot& snapshot, std::span<const ManifestFile> manifests, const Locate& locate,
                                SyncMarker sync) {
  const std::string parent = snapshot.parent_snapshot_id ? std::to_string(*snapshot.parent_snapshot_id) : "null";
  AvroFileWriter file(manifest_list_avro_schema,
                      {{"snapshot-id", std::to_string(snapshot.snapshot_id)},
                       {"parent-snapshot-id", parent},
                       {"sequence-number", std::to_string(snapshot.sequence_number)},
                       {"format-version", "2"}},
                      sync);
  std::string record;
  for (const ManifestFile& manifest : manifests) {
    record.clear();
    AvroEncoder encoder(record);
    put_manifest(encoder, manifest, locate);
    file.append(record);
  }
  return std::move(file).finish();
}

Result<std::vector<ManifestListEntry>> read_manifest_list(std::string_view bytes, const AvroLimits& limits) {
  LG_ASSIGN(AvroFileReader file, AvroFileReader::open(bytes, limits));
  std::vector<ManifestListEntry> entries;
  while (true) {
    LG_ASSIGN(const std::optional<AvroValue> record, file.next());
    if (!record) return entries;
    auto entry = read_entry(*record);
    if (!entry) return fail(codes::corrupt, "manifest list entry {}: {}", entries.size(), entry.error().message);
    entries.push_back(std::move(*entry));
  }
}

}  // namespace lakegate::iceberg
