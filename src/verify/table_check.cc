#include "verify/table_check.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/error_codes.h"
#include "ledger/datasets.h"
#include "ledger/table_locations.h"
#include "ledger/tables.h"
#include "objects/object_keys.h"
#include "objects/read_object.h"
#include "verify/finding_kinds.h"

namespace lakegate::verify {
namespace {

namespace json = boost::json;

constexpr int64_t page_files = 10'000;
constexpr int64_t page_tables = 1'000;

std::string count_text(int64_t files, int64_t rows) { return fmt::format("{} files of {} rows", files, rows); }

int64_t summary_number(const Snapshot& snapshot, const std::string& name) {
  const auto found = snapshot.summary.find(name);
  return found == snapshot.summary.end() ? 0 : std::strtoll(found->second.c_str(), nullptr, 10);
}

}  // namespace

TableCheck::TableCheck(Inspector& inspector, TableState table, OrgNumber org)
    : inspector_(inspector),
      table_(std::move(table)),
      reader_(inspector, table_.dataset_id, table_folder_key(org, table_.dataset_id)) {}

Status TableCheck::run() {
  LG_TRY(load_expected());
  check_current();
  check_missing();
  ++inspector_.checked.snapshots;
  if (!inspector_.quick) {
    for (const Snapshot& snapshot : table_.snapshots) {
      if (&snapshot == &table_.snapshots.back()) break;
      LG_TRY(check_older(snapshot));
      ++inspector_.checked.snapshots;
    }
  }
  reader_.report_locations();
  return check_metadata_file();
}

Status TableCheck::load_expected() {
  BatchId last_batch;
  int64_t last_number = 0;
  while (true) {
    LG_ASSIGN(const auto page, inspector_.ledger.read([&](ReadTx& tx) {
      return ledger::expected_files(tx, table_.dataset_id, last_batch, last_number, page_files);
    }));
    for (const ledger::ExpectedFile& file : page) expected_.try_emplace(file.object, Expected{file});
    if (static_cast<int64_t>(page.size()) < page_files) return {};
    last_batch = page.back().batch_id;
    last_number = page.back().file_number;
  }
}

void TableCheck::check_current() {
  if (table_.snapshots.empty()) return;
  const Snapshot& current = table_.snapshots.back();
  const auto manifests = reader_.read(current);
  if (!manifests) return;
  check_list(current, *manifests);
  Totals totals;
  for (const ListedManifest& manifest : *manifests) {
    for (const ListedFile& listed : *manifest.files) {
      check_file(listed);
      ++totals.files;
      totals.rows += listed.record_count;
    }
  }
  inspector_.checked.data_files += totals.files;
  inspector_.checked.rows += totals.rows;
  check_summary(current, totals);
}

// The ledger renders new lists from its rows: they must say what this one says.
void TableCheck::check_list(const Snapshot& current, const std::vector<ListedManifest>& manifests) {
  bool equal = manifests.size() == table_.manifests.size();
  for (size_t i = 0; equal && i < manifests.size(); ++i) equal = manifests[i].manifest == table_.manifests[i];
  if (equal) return;
  inspector_.find(kinds::list_differs, name(current), fmt::format("a list of {} manifests", manifests.size()),
                  fmt::format("the {} manifests of the ledger, with the same numbers", table_.manifests.size()));
}

void TableCheck::check_file(const ListedFile& listed) {
  const ObjectKey& key = reader_.keys()[listed.file];
  const auto found = expected_.find(key);
  if (found == expected_.end()) {
    inspector_.find(kinds::file_without_batch, fmt::format("dataset {}", table_.dataset_id),
                    fmt::format("{}, with {} rows", key, listed.record_count), "files of active batches alone");
    return;
  }
  const ledger::ExpectedFile& file = found->second.file;
  if (++found->second.seen > 1) {
    inspector_.find(kinds::file_twice, key.text(), fmt::format("{} times in the snapshot", found->second.seen), "once");
  }
  if (file.state != ledger::ObjectState::live) {
    inspector_.find(kinds::file_gone, key.text(), "an object that is to be removed", "one that stays");
  }
  if (listed.record_count != file.record_count || listed.file_size_bytes != file.table_bytes ||
      listed.sequence_number != file.sequence_number) {
    inspector_.find(kinds::file_differs, key.text(),
                    fmt::format("{} rows, {} bytes, sequence number {} in the manifest", listed.record_count,
                                listed.file_size_bytes, listed.sequence_number),
                    fmt::format("{}, {} and {}", file.record_count, file.table_bytes, file.sequence_number));
  }
}

void TableCheck::check_missing() {
  for (const auto& [key, expected] : expected_) {
    if (expected.seen > 0) continue;
    inspector_.find(kinds::file_not_in_table, fmt::format("batch {}", expected.file.batch_id),
                    fmt::format("{}, with {} rows, is in no manifest", key, expected.file.record_count),
                    "every file of an active batch in the table");
  }
}

Status TableCheck::check_older(const Snapshot& snapshot) {
  const auto manifests = reader_.read(snapshot);
  if (!manifests) return {};
  ++snapshot_number_;
  seen_in_.resize(reader_.keys().size());
  Totals totals;
  for (const ListedManifest& manifest : *manifests) {
    for (const ListedFile& listed : *manifest.files) {
      ++totals.files;
      totals.rows += listed.record_count;
      const ObjectKey& key = reader_.keys()[listed.file];
      if (seen_in_[listed.file] == snapshot_number_) {
        inspector_.find(kinds::file_twice, key.text(), fmt::format("twice in {}", name(snapshot)), "once");
      }
      seen_in_[listed.file] = snapshot_number_;
      LG_ASSIGN(const bool live, is_live(listed.file));
      if (!live) {
        inspector_.find(kinds::file_gone, key.text(),
                        fmt::format("an object that is to be removed, in {}", name(snapshot)),
                        "one that stays as long as a snapshot shows it");
      }
    }
  }
  check_summary(snapshot, totals);
  return {};
}

Result<bool> TableCheck::is_live(uint32_t file) {
  live_.resize(reader_.keys().size());
  if (live_[file] == 0) {
    LG_ASSIGN(const auto row,
              inspector_.ledger.read([&](ReadTx& tx) { return ledger::find_object(tx, reader_.keys()[file]); }));
    live_[file] = row && row->state == ledger::ObjectState::live ? 1 : 2;
  }
  return live_[file] == 1;
}

void TableCheck::check_summary(const Snapshot& snapshot, const Totals& totals) {
  const int64_t files = summary_number(snapshot, "total-data-files");
  const int64_t rows = summary_number(snapshot, "total-records");
  if (files == totals.files && rows == totals.rows) return;
  inspector_.find(kinds::summary_differs, name(snapshot), count_text(totals.files, totals.rows),
                  count_text(files, rows) + ", as its summary says");
}

Status TableCheck::check_metadata_file() {
  LG_ASSIGN(const auto file,
            inspector_.ledger.read([&](ReadTx& tx) { return ledger::find_metadata_file(tx, table_.dataset_id); }));
  if (!file || file->version < table_.version) {
    inspector_.find(kinds::metadata_behind, fmt::format("dataset {}", table_.dataset_id),
                    file ? fmt::format("a metadata file of version {}", file->version) : "no metadata file",
                    fmt::format("version {}", table_.version));
  }
  if (!file) return {};
  const auto opened = inspector_.objects.open(file->object);
  const auto text =
      opened ? read_object(inspector_.objects, file->object, opened->size_bytes) : std::unexpected(opened.error());
  if (!text) {
    inspector_.find(kinds::metadata_unreadable, file->object.text(), text.error().message, "the table's metadata");
  } else if (file->version == table_.version) {
    check_metadata(file->object, *text);
  }
  return {};
}

void TableCheck::check_metadata(const ObjectKey& object, std::string_view text) {
  boost::system::error_code failed;
  const json::value parsed = json::parse(text, failed);
  if (failed || !parsed.is_object()) {
    inspector_.find(kinds::metadata_unreadable, object.text(), "no JSON object", "the table's metadata");
    return;
  }
  const auto number = [&](std::string_view member) {
    const json::value* value = parsed.as_object().if_contains(member);
    return value != nullptr && value->is_int64() ? value->as_int64() : -1;
  };
  const int64_t snapshot = table_.snapshots.empty() ? -1 : table_.snapshots.back().snapshot_id;
  if (number("current-snapshot-id") == snapshot && number("last-sequence-number") == table_.last_sequence_number) {
    return;
  }
  inspector_.find(
      kinds::metadata_differs, object.text(),
      fmt::format("snapshot {}, sequence number {}", number("current-snapshot-id"), number("last-sequence-number")),
      fmt::format("snapshot {}, sequence number {}", snapshot, table_.last_sequence_number));
}

std::string TableCheck::name(const Snapshot& snapshot) const {
  return fmt::format("snapshot {} of dataset {}", snapshot.snapshot_id, table_.dataset_id);
}

namespace {

Status check_place(Inspector& inspector) {
  const std::string here = inspector.objects.location(ObjectKey());
  LG_ASSIGN(const auto noted, inspector.ledger.read([](ReadTx& tx) { return ledger::find_store_location(tx); }));
  inspector.moved = noted.has_value() && *noted != here;
  if (inspector.moved) inspector.find(kinds::folder_moved, "tables' files", *noted, here);
  return {};
}

}  // namespace

Status check_tables(Inspector& inspector) {
  LG_TRY(check_place(inspector));
  DatasetId last;
  while (true) {
    LG_ASSIGN(const auto page,
              inspector.ledger.read([&](ReadTx& tx) { return ledger::datasets_with_tables(tx, last, page_tables); }));
    for (const DatasetId& dataset : page) {
      LG_ASSIGN(TableState table, inspector.ledger.read([&](ReadTx& tx) { return ledger::load_table(tx, dataset); }));
      LG_ASSIGN(const Dataset owner,
                inspector.ledger.read([&](ReadTx& tx) { return ledger::get_dataset(tx, dataset); }));
      LG_TRY(TableCheck(inspector, std::move(table), owner.scope.org).run());
      inspector.progress("tables", ++inspector.checked.tables, 0);
    }
    if (static_cast<int64_t>(page.size()) < page_tables) return {};
    last = page.back();
  }
}

}  // namespace lakegate::verify
