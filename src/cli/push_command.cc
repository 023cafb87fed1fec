#include <cstdio>

#include "base/random.h"
#include "cli/batch_report.h"
#include "cli/batch_waiting.h"
#include "cli/commands.h"
#include "cli/dataset_finder.h"
#include "cli/error_codes.h"
#include "cli/json_reading.h"
#include "cli/progress.h"
#include "cli/push_plan.h"
#include "cli/push_state.h"
#include "cli/uploader.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

// The batch that a push works on, and how far an earlier one got.
struct Opened {
  PushMemory memory;
  bool resumed = false;
  std::string state;  // of the batch
};

Result<std::string> create_batch(ApiClient& api, const std::string& dataset, const std::string& key) {
  LG_ASSIGN(
      const HttpAnswer answer,
      api.send(
          {.method = "POST",
           .path = fmt::format("{}/batches", import_root),
           .headers = {"Accept: application/json", "Content-Type: application/json", "Idempotency-Key: " + key},
           .body = json::serialize(json::object{{"datasetId", dataset}, {"inputFormat", {{"format", "parquet"}}}})}));
  boost::system::error_code failed;
  const std::string id = text_member(json::parse(answer.body, failed), "id");
  if (failed || id.empty())
    return fail(codes::answer_not_understood, "Creating the batch answered {}", answer.body.substr(0, 500));
  return id;
}

bool can_go_on(const json::value& batch) { return !is_final(batch) || status_of_final(batch) == done; }

Result<Opened> open_batch(ApiClient& api, const PushState& state, const std::string& dataset,
                          const PushOptions& options) {
  Opened opened;
  const auto memory = options.fresh ? std::nullopt : state.load();
  if (memory && !memory->batch.empty()) {
    const auto batch = fetch_batch(api, memory->batch);
    if (batch && can_go_on(*batch))
      return Opened{.memory = *memory, .resumed = true, .state = text_member(*batch, "status")};
    if (!batch && batch.error().kind() != ErrorKind::not_found) return std::unexpected(batch.error());
  }
  const bool unanswered = memory && memory->batch.empty();
  SystemRandom random;
  opened.memory = unanswered
                      ? *memory
                      : PushMemory{.idempotency_key = random.uuid(), .batch = "", .part_bytes = options.part_bytes};
  opened.resumed = unanswered;
  state.save(opened.memory);
  LG_ASSIGN(opened.memory.batch, create_batch(api, dataset, opened.memory.idempotency_key));
  state.save(opened.memory);
  opened.state = "loading";
  return opened;
}

Status upload(ApiClient& api, const std::vector<PushFile>& files, const Opened& opened, const std::string& dataset,
              const PushOptions& options) {
  Progress progress(files, stderr, Progress::is_terminal(stderr));
  progress.say(fmt::format("batch {}{}", opened.memory.batch, opened.resumed ? ", taken up again" : ""));
  Uploader uploader(api.holder(), files,
                    {.batch = opened.memory.batch,
                     .dataset = dataset,
                     .part_bytes = opened.memory.part_bytes,
                     .parallel = options.parallel,
                     .patience = options.patience,
                     .resumed = opened.resumed},
                    progress);
  LG_TRY(uploader.run());
  LG_TRY(api.post_empty(fmt::format("{}/batches/{}?action=COMPLETE", import_root, opened.memory.batch)));
  return {};
}

void print_result(const CommonOptions& common, const std::string& id, const json::value& batch) {
  if (common.json) {
    print_json(batch);
    return;
  }
  std::printf("%s\n", summary_text(id, batch).c_str());
  const std::string errors = errors_text(batch);
  if (!errors.empty()) std::printf("\n%s", errors.c_str());
}

}  // namespace

Result<ExitStatus> push(const CommonOptions& common, const PushOptions& options) {
  LG_ASSIGN(const std::vector<PushFile> files, plan_push(options.sources));
  LG_ASSIGN(ApiClient api, connect(common));
  api.set_patience(options.patience);
  LG_ASSIGN(const FoundDataset dataset, find_dataset(api, options.dataset));
  const PushState state(PushState::default_folder(), api.target(), dataset.id, files);
  LG_ASSIGN(const Opened opened, open_batch(api, state, dataset.id, options));
  const std::string& id = opened.memory.batch;

  if (opened.state == "loading") {
    const Status sent = upload(api, files, opened, dataset.id, options);
    if (!sent) {
      Error error = sent.error();
      error.message += fmt::format(
          "\nBatch {0} is left loading: the same command goes on with it, `lakegate batch abort {0}` gives it up.", id);
      return std::unexpected(std::move(error));
    }
  } else {
    std::fprintf(stderr, "batch %s: an earlier push of these files completed it\n", id.c_str());
  }
  if (!options.wait) {
    state.remove();
    LG_ASSIGN(const json::value batch, fetch_batch(api, id));
    print_result(common, id, batch);
    return done;
  }
  LG_ASSIGN(const json::value batch, wait_until_final(api, id, std::chrono::seconds(0)));
  state.remove();
  print_result(common, id, batch);
  return status_of_final(batch);
}

}  // namespace lakegate::cli
