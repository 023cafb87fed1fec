#include "promotion/round_input.h"

#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "ledger/replays.h"
#include "ledger/tables.h"
#include "ledger/verdicts.h"
#include "model/error_codes.h"

namespace lakegate {
namespace {

constexpr int64_t page_files = 1'000;

// Stops once there are more than `files_max`.
Result<std::vector<DataFile>> data_files_of(ReadTx& tx, const BatchId& batch, int64_t files_max) {
  std::vector<DataFile> files;
  int64_t last_number = 0;
  while (static_cast<int64_t>(files.size()) <= files_max) {
    LG_ASSIGN(std::vector<ledger::NumberedDataFile> page, ledger::data_files(tx, batch, last_number, page_files));
    for (ledger::NumberedDataFile& numbered : page) {
      last_number = numbered.file_number;
      files.push_back(std::move(numbered.file));
    }
    if (static_cast<int64_t>(page.size()) < page_files) break;
  }
  return files;
}

Result<ActiveRows> read_active_rows(ReadTx& tx, const BatchId& id) {
  ActiveRows rows{.batch = id};
  LG_ASSIGN(const ledger::BatchSnapshot promoted, ledger::promoted_with(tx, id));
  rows.sequence_number = promoted.sequence_number;
  LG_ASSIGN(rows.files, data_files_of(tx, id, INT64_MAX));
  std::erase_if(rows.files, [](const DataFile& file) { return file.record_count == 0; });
  for (DataFile& file : rows.files) file.statistics.clear();
  return rows;
}

// Predecessors whose rows were taken out by other means have nothing left to replace.
Result<std::vector<ActiveRows>> read_replaced(ReadTx& tx, const Replay& replay) {
  std::vector<ActiveRows> replaced;
  for (const Predecessor& predecessor : replay.predecessors) {
    LG_ASSIGN(const Batch batch, ledger::get_batch(tx, predecessor.id));
    if (!next_status(batch.status, BatchEvent::replace)) continue;
    LG_ASSIGN(ActiveRows rows, read_active_rows(tx, batch.id));
    replaced.push_back(std::move(rows));
  }
  return replaced;
}

}  // namespace

Result<StagedWork> read_staged_work(ReadTx& tx, const DatasetId& id, const PromotionSettings& settings,
                                    const LoadTable& load_table) {
  LG_ASSIGN(const Dataset dataset, ledger::get_dataset(tx, id));
  StagedWork work{.org = dataset.scope.org};
  if (dataset.deleted) return work;
  LG_ASSIGN(const std::vector<Batch> staged, ledger::staged_batches(tx, id, settings.batches_per_round_max + 1));
  for (const Batch& batch : staged) {
    work.more = static_cast<int64_t>(work.batches.size()) == settings.batches_per_round_max;
    if (work.more) break;
    const bool first = work.batches.empty();
    LG_ASSIGN(const std::optional<Replay> replay, ledger::replay_of(tx, batch.id));
    work.more = replay && !first;
    if (work.more) break;
    const int64_t room = settings.files_per_round_max - static_cast<int64_t>(work.files.size());
    LG_ASSIGN(std::vector<DataFile> files, data_files_of(tx, batch.id, first ? INT64_MAX : room));
    work.more = !first && static_cast<int64_t>(files.size()) > room;
    if (work.more) break;
    work.batches.push_back(batch);
    work.files.insert(work.files.end(), std::move_iterator(files.begin()), std::move_iterator(files.end()));
    if (!replay) continue;
    LG_ASSIGN(work.replaced, read_replaced(tx, *replay));
    work.more = staged.size() > 1;
    break;
  }
  if (!work.batches.empty()) {
    LG_ASSIGN(work.table, load_table(tx, id));
  }
  return work;
}

Result<ActiveBatch> read_active_batch(ReadTx& tx, const Sight& sight, const BatchId& id, BatchEvent event) {
  LG_ASSIGN(const Batch batch, ledger::find_batch(tx, sight, id));
  if (next_status(batch.status, event) != BatchStatus::inactive) {
    return fail(codes::batch_wrong_state, "Batch {} is {}: only an active batch's rows can be taken out of its table.",
                id, to_string(batch.status));
  }
  ActiveBatch work{.org = sight.org};
  LG_ASSIGN(work.table, ledger::load_table(tx, batch.dataset_id));
  LG_ASSIGN(work.rows, read_active_rows(tx, id));
  return work;
}

}  // namespace lakegate
