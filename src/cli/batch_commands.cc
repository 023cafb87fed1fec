#include <cstdio>
#include <vector>

#include "cli/batch_report.h"
#include "cli/batch_waiting.h"
#include "cli/commands.h"
#include "cli/dataset_finder.h"
#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

std::string dataset_of(const json::value& batch) {
  for (const json::value& related : items(member(batch, "relatedObjects"))) {
    if (text_member(related, "type") == "dataSet") return text_member(related, "id");
  }
  return {};
}

void print_batch(const CommonOptions& common, const std::string& id, const json::value& batch) {
  if (common.json) {
    print_json(batch);
    return;
  }
  std::printf("%s\n", summary_text(id, batch).c_str());
  const std::string errors = errors_text(batch);
  if (!errors.empty()) std::printf("\n%s", errors.c_str());
}

}  // namespace

Result<ExitStatus> list_batches(const CommonOptions& common, const BatchFilter& filter) {
  LG_ASSIGN(ApiClient api, connect(common));
  std::string path = fmt::format("{}/batches?orderBy=desc:created&limit={}", catalog_root, filter.limit);
  if (!filter.status.empty()) path += "&status=" + percent_encode(filter.status);
  if (!filter.dataset.empty()) {
    LG_ASSIGN(const FoundDataset dataset, find_dataset(api, filter.dataset));
    path += "&dataSet=" + dataset.id;
  }
  LG_ASSIGN(const json::value answer, api.get(path));
  if (common.json) {
    print_json(answer);
    return done;
  }
  TextTable table({"BATCH", "STATUS", "CREATED", "DATASET", "ROWS", "BYTES", "ERRORS"});
  if (const json::object* batches = answer.if_object()) {
    for (const auto& [id, batch] : *batches) {
      table.add({std::string(id), text_member(batch, "status"), time_text(number_member(batch, "created")),
                 dataset_of(batch), std::to_string(number_member(batch, "recordCount")),
                 std::to_string(number_member(batch, "size")), std::to_string(items(member(batch, "errors")).size())});
    }
  }
  std::fputs(table.text().c_str(), stdout);
  return done;
}

Result<ExitStatus> show_batch(const CommonOptions& common, const std::string& id) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value batch, fetch_batch(api, id));
  print_batch(common, id, batch);
  return done;
}

Result<ExitStatus> wait_for_batch(const CommonOptions& common, const std::string& id, std::chrono::seconds timeout) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value batch, wait_until_final(api, id, timeout));
  print_batch(common, id, batch);
  return status_of_final(batch);
}

Result<ExitStatus> act_on_batch(const CommonOptions& common, const std::string& id, const std::string& action) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_TRY(api.post_empty(fmt::format("{}/batches/{}?action={}", import_root, percent_encode(id), action)));
  LG_ASSIGN(const json::value batch, fetch_batch(api, id));
  print_batch(common, id, batch);
  return done;
}

}  // namespace lakegate::cli
