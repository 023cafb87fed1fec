// BatchWorld: batches of one dataset in a real ledger, brought to any state on the way that the server takes, with
// objects in memory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "ledger/two_sandboxes_test_support.h"
#include "model/batch.h"
#include "model/batch_file.h"
#include "objects/fake_store.h"
#include "pipeline/batch_actions.h"
#include "pipeline/batch_creation.h"
#include "promotion/promoter.h"

namespace lakegate::pipeline {

class BatchWorld {
 public:
  BatchWorld();

  Ledger& ledger() { return sandboxes_.ledger(); }
  FakeClock& clock() { return clock_; }
  BatchActions& actions() { return actions_; }
  Promoter& promoter() { return promoter_; }

  const DatasetId& dataset() const { return dataset_; }
  const DatasetId& other_dataset() const { return other_dataset_; }
  const BatchClient& client() const { return client_; }          // of both datasets' sandbox
  const BatchClient& other_client() const { return stranger_; }  // of another org

  Result<Batch> create(const BatchOrder& order, std::string_view id);
  BatchId batch(std::string_view id);  // of dataset(), loading

  // A whole file, durable and in the ledger.
  void put(const BatchId& batch, std::string_view path, std::string_view content);
  void initialize(const BatchId& batch, std::string_view path);
  void hold(const BatchId& batch, std::string_view path, ByteRange range, int64_t total);
  // So many open files of two bytes, all of them held.
  void stitchable(const BatchId& batch, int64_t count);

  // A new batch with one file of ten rows that came to that state; `failed` by its data, `inactive` by its client.
  BatchId batch_in(BatchStatus status, std::string_view id);

  Batch find(const BatchId& batch);
  std::vector<BatchError> errors(const BatchId& batch);
  // "loading>loaded COMPLETE by client, …"
  std::string history(const BatchId& batch);
  // How many objects of the batch are in the ledger, and condemned for at once.
  std::string objects(const BatchId& batch);

 private:
  void move(const BatchId& batch, BatchEvent event);
  void judge_good(const BatchId& batch);

  ledger::TwoSandboxes sandboxes_;
  FakeClock clock_{1'727'000'000'000};
  SeededRandom random_{7};
  FakeStore objects_;
  Promoter promoter_;
  BatchActions actions_;
  DatasetId dataset_;
  DatasetId other_dataset_;
  BatchClient client_;
  BatchClient stranger_;
};

}  // namespace lakegate::pipeline
