#include "promotion/metadata_file_writer.h"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <span>

#include "base/crash_point.h"
#include "base/error_codes.h"
#include "base/log.h"
#include "iceberg/table_metadata_json.h"
#include "ledger/datasets.h"
#include "ledger/objects.h"
#include "objects/object_keys.h"

namespace lakegate {
namespace {

constexpr int64_t tables_per_pass_max = 10'000;

struct TableAndOwner {
  TableState table;
  OrgNumber org;
};

}  // namespace

MetadataFileWriter::MetadataFileWriter(Ledger& ledger, ObjectStore& objects, const Clock& clock, Random& random,
                                       int64_t epoch, MetadataFileSettings settings)
    : ledger_(ledger), objects_(objects), clock_(clock), random_(random), epoch_(epoch), settings_(settings) {}

MetadataFileWriter::~MetadataFileWriter() { stop(); }

void MetadataFileWriter::start() {
  thread_ = std::thread([this] { run(); });
}

void MetadataFileWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_up_.notify_one();
  if (!thread_.joinable()) return;
  thread_.join();
  write_rest();
}

void MetadataFileWriter::write_rest() {
  const Millis end = clock_.now_ms() + settings_.stop_time;
  const auto behind =
      ledger_.read([](ReadTx& tx) { return ledger::tables_without_fresh_metadata(tx, tables_per_pass_max); });
  if (!behind) return;
  for (const DatasetId& dataset : *behind) {
    if (clock_.now_ms() >= end) return;
    if (const auto file = write(dataset); !file) {
      log::warning("A table's metadata file waits for the next start", {{"dataset", dataset}, {"cause", file.error()}});
      return;
    }
  }
}

void MetadataFileWriter::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  wake_up_.notify_one();
}

Result<ledger::MetadataFile> MetadataFileWriter::write(const DatasetId& dataset) {
  const std::lock_guard lock(writing_);
  LG_ASSIGN(const auto former, ledger_.read([&](ReadTx& tx) { return ledger::find_metadata_file(tx, dataset); }));
  LG_ASSIGN(const TableAndOwner source, ledger_.read([&](ReadTx& tx) -> Result<TableAndOwner> {
    LG_ASSIGN(TableState table, ledger::load_table(tx, dataset));
    LG_ASSIGN(const Dataset owner, ledger::get_dataset(tx, dataset));
    return TableAndOwner{std::move(table), owner.scope.org};
  }));
  if (former && former->version >= source.table.version) return *former;

  const iceberg::Locate locate = [&](const ObjectKey& key) { return objects_.location(key); };
  const std::string text =
      boost::json::serialize(iceberg::to_json(source.table, locate(table_folder_key(source.org, dataset)), locate));
  const std::string name = fmt::format("{:05}-{}.metadata.json", source.table.version, random_.uuid());
  const ledger::MetadataFile file{.object = metadata_key(source.org, dataset, name), .version = source.table.version};

  crash_point("promotion.before_metadata");
  LG_TRY(ledger_.write([&](Tx& tx) { return ledger::begin_object(tx, file.object, dataset, BatchId(), epoch_); }));
  const Status kept = put_and_keep(dataset, file, text);
  if (kept) return file;
  if (kept.error().kind() != ErrorKind::commit_unknown) discard(file.object);
  return std::unexpected(kept.error());
}

Status MetadataFileWriter::put_and_keep(const DatasetId& dataset, const ledger::MetadataFile& file,
                                        std::string_view text) {
  LG_TRY(objects_.put(file.object, std::as_bytes(std::span(text))));
  crash_point("promotion.after_metadata");
  const Millis former_due = clock_.now_ms() + settings_.superseded_grace;
  return ledger_.write([&](Tx& tx) { return ledger::set_metadata_file(tx, dataset, file, former_due); });
}

// A disk that is full stays full for a while: without this each try would leave an object until the next start.
void MetadataFileWriter::discard(const ObjectKey& key) {
  const Status condemned = ledger_.write([&](Tx& tx) { return ledger::condemn_object(tx, key, 0); });
  if (!condemned) log::warning("An object stays until the next start", {{"object", key}, {"cause", condemned.error()}});
}

std::optional<Millis> MetadataFileWriter::write_due() {
  const auto behind =
      ledger_.read([](ReadTx& tx) { return ledger::tables_without_fresh_metadata(tx, tables_per_pass_max); });
  if (!behind) {
    log::warning("Table metadata files wait", {{"cause", behind.error()}});
    return settings_.pause;
  }
  std::erase_if(written_, [&](const auto& entry) { return clock_.now_ms() - entry.second >= settings_.pause; });
  std::optional<Millis> next;
  for (const DatasetId& dataset : *behind) {
    if (const auto found = written_.find(dataset); found != written_.end()) {
      const Millis wait = std::max<Millis>(1, found->second + settings_.pause - clock_.now_ms());
      next = std::min(next.value_or(wait), wait);
      continue;
    }
    const auto file = write(dataset);
    written_[dataset] = clock_.now_ms();
    if (file) continue;
    log::warning("A table's metadata file waits", {{"dataset", dataset}, {"cause", file.error()}});
    next = std::min(next.value_or(settings_.pause), settings_.pause);
  }
  return next;
}

void MetadataFileWriter::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    const std::optional<Millis> next = write_due();
    lock.lock();
    const auto due = [this] { return woken_ || stopping_; };
    if (next) {
      wake_up_.wait_for(lock, std::chrono::milliseconds(*next), due);
    } else {
      wake_up_.wait(lock, due);
    }
  }
}

}  // namespace lakegate
