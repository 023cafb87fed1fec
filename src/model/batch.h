// Batch: what a client sends as one, and what readers see as one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/batch_status.h"
#include "model/dataset.h"
#include "model/ids.h"

namespace lakegate {

enum class InputFormat { parquet, json, csv };

// One entry of the wire's errors[].
struct BatchError {
  std::string code;
  std::string description;  // names file or column, found and expected, what to do
  std::string file;         // path within the batch; empty: the batch itself
  std::string column;
  std::vector<int64_t> rows;  // zero-based, first 100
  int64_t record_count = 0;   // all rows concerned
  std::string found;
  std::string expected;
};

struct BatchTransition {
  BatchStatus from;
  BatchStatus to;
  Millis at = 0;
  std::string cause;  // e.g. "complete", "abort by client", "required value missing"
};

struct Batch {
  BatchId id;
  Scope scope;
  DatasetId dataset_id;
  BatchStatus status = BatchStatus::loading;
  std::string external_id;  // empty: none given
  InputFormat format = InputFormat::parquet;
  std::string input_format_json = "{}";  // as sent, an object
  std::string tags_json = "{}";          // values are lists of strings or scalars (catalog.md)
  int64_t schema_version = 0;            // pinned at creation: Dataset::schema_version
  Millis created = 0;
  Millis updated = 0;
  std::optional<Millis> started;    // COMPLETE accepted
  std::optional<Millis> completed;  // active, failed, aborted or abandoned
  std::string created_user;
  std::string created_client;
  std::string updated_user;
  int64_t version = 0;
  int64_t file_count = 0;              // complete files; fixed by COMPLETE
  int64_t size_bytes = 0;              // sent bytes of those
  int64_t record_count = 0;            // rows loaded
  int64_t failed_record_count = 0;     // rows rejected
  std::optional<int64_t> snapshot_id;  // of the round that made it active
  std::string trace;                   // W3C traceparent of the request that created or completed it; may be empty
};

std::string_view to_string(InputFormat format);
std::optional<InputFormat> parse_input_format(std::string_view text);  // any case

}  // namespace lakegate
