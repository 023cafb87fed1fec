// The client's commands. Each prints its result on standard output (one JSON document with `json`) and gives an exit
// status; errors come back for the caller to print.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/api_client.h"
#include "cli/exit_status.h"
#include "cli/target.h"

namespace lakegate::cli {

// What every client command takes.
struct CommonOptions {
  TargetOptions target;
  bool json = false;
};

Result<ExitStatus> print_token(const CommonOptions& common);

struct NewDataset {
  std::string name;
  std::string description;
  std::string schema;     // $id or meta:altId; or
  std::string from_file;  // a Parquet file whose columns become an ad-hoc schema
};
Result<ExitStatus> create_dataset(const CommonOptions& common, const NewDataset& wanted);
Result<ExitStatus> list_datasets(const CommonOptions& common);
Result<ExitStatus> show_dataset(const CommonOptions& common, const std::string& name_or_id);
Result<ExitStatus> delete_dataset(const CommonOptions& common, const std::string& name_or_id);
// The first rows of the newest active batch.
Result<ExitStatus> preview_dataset(const CommonOptions& common, const std::string& name_or_id, int rows);

struct BatchFilter {
  std::string dataset;  // name or id; empty: all
  std::string status;
  int limit = 20;
};
Result<ExitStatus> list_batches(const CommonOptions& common, const BatchFilter& filter);
Result<ExitStatus> show_batch(const CommonOptions& common, const std::string& id);
// Until it is in a final state. `timeout` 0: for ever.
Result<ExitStatus> wait_for_batch(const CommonOptions& common, const std::string& id, std::chrono::seconds timeout);
// `action`: ABORT or REVERT.
Result<ExitStatus> act_on_batch(const CommonOptions& common, const std::string& id, const std::string& action);

struct EventFilter {
  std::vector<std::string> datasets;  // names or ids; empty: all
  std::vector<std::string> types;     // "batch.active", "batch.*"; empty: all
  std::string after;                  // cursor; empty: from now on
  bool from_start = false;            // all that are kept
};
// Each as it happens, until SIGINT or SIGTERM: then `done`. A lost connection is taken up again where it broke. With
// `json` one CloudEvent a line.
Result<ExitStatus> tail_events(const CommonOptions& common, const EventFilter& filter);

Result<ExitStatus> list_schemas(const CommonOptions& common, bool global);
Result<ExitStatus> show_schema(const CommonOptions& common, const std::string& id, bool full);

// A copy of the public model: its resources become global ones of the sandbox. `refused` when any was not taken.
Result<ExitStatus> import_xdm(const CommonOptions& common, const std::string& folder);

// What the document of `from_file` ("-": standard input) says, and what the options say instead of it.
struct IssuerOptions {
  std::string issuer;
  std::string from_file;
  std::vector<std::string> audiences;
  std::vector<std::string> algorithms;
  int64_t skew_seconds = -1;  // -1: not given
  std::string tokens;
  std::string user_claim;
  std::vector<std::string> mappings;  // "API_KEY:CLAIM=VALUE,CLAIM~VALUE"
};
Result<ExitStatus> add_issuer(const CommonOptions& common, const IssuerOptions& options);
Result<ExitStatus> list_issuers(const CommonOptions& common);
Result<ExitStatus> show_issuer(const CommonOptions& common, const std::string& id);
Result<ExitStatus> remove_issuer(const CommonOptions& common, const std::string& id);
// `refused` where the server would refuse the token. "-": the token is on standard input.
Result<ExitStatus> test_issuer_token(const CommonOptions& common, const std::string& token);

struct PushOptions {
  std::vector<std::string> sources;  // files, folders, patterns
  std::string dataset;
  int parallel = 4;
  int64_t part_bytes = 64 << 20;      // files over it go up in parts of it
  std::chrono::seconds patience{60};  // of each request while the server is busy or not to be reached
  bool wait = true;
  bool fresh = false;  // do not resume an interrupted push of the same files
};
Result<ExitStatus> push(const CommonOptions& common, const PushOptions& options);

// Shared by the commands.
Result<ApiClient> connect(const CommonOptions& common);
// One line on standard output.
void print_json(const boost::json::value& value);

}  // namespace lakegate::cli
