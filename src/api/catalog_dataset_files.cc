#include <boost/json/object.hpp>

#include <charconv>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "api/catalog.h"
#include "api/catalog_answer.h"
#include "api/catalog_dataset_reading.h"
#include "api/catalog_list_parameters.h"
#include "api/catalog_operations.h"
#include "base/error_codes.h"
#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "ledger/files.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

std::string file_id(const BatchFile& file) { return fmt::format("{}-{}", file.batch_id, file.number); }

json::object render_file(const BatchFile& file, const Batch& batch, const ViewId& view,
                         const BatchRendering& rendering) {
  return {{"id", file_id(file)},
          {"batchId", batch.id.text()},
          {"dataSetId", batch.dataset_id.text()},
          {"dataSetViewId", view.text()},
          {"imsOrg", rendering.ims_org},
          {"name", file.path},
          {"size", file.sent_bytes},
          {"status", status_word(batch.status, rendering.active_word)},
          {"created", file.created},
          {"createdUser", batch.created_user},
          {"createdClient", batch.created_client},
          {"updated", file.updated},
          {"updatedUser", batch.updated_user},
          {"version", "1.0.0"}};
}

struct FileList {
  std::vector<BatchFile> files;
  std::map<BatchId, Batch> batches;  // of these
  ViewId view;
};

// Files are numbered from 1 without gaps, so that the number is the place in the list. Before COMPLETE they are not
// the dataset's yet.
Result<FileList> files_of_batch(ReadTx& tx, const Sight& sight, const BatchId& id, const ListPage& page) {
  LG_ASSIGN(const Batch batch, ledger::find_batch(tx, sight, id));
  LG_ASSIGN(const Dataset dataset, ledger::get_dataset(tx, batch.dataset_id));
  FileList list{{}, {{batch.id, batch}}, dataset.view_id};
  if (!batch.started) return list;
  LG_ASSIGN(list.files, ledger::list_files(tx, batch.id, page.start, page.limit));
  return list;
}

Result<FileList> files_of_dataset(ReadTx& tx, const Sight& sight, const Dataset& dataset, const ListPage& page) {
  FileList list{{}, {}, dataset.view_id};
  LG_ASSIGN(list.files, ledger::list_dataset_files(tx, dataset.id, page.start, page.limit));
  ledger::BatchQuery query;
  query.limit = page.limit;
  ledger::Filter<ledger::BatchField> of_these{ledger::BatchField::id, ledger::Comparison::any_of, {}};
  for (const BatchFile& file : list.files) {
    if (list.batches.try_emplace(file.batch_id).second) of_these.values.emplace_back(file.batch_id.text());
  }
  query.filters.push_back(std::move(of_these));
  LG_ASSIGN(std::vector<Batch> batches, ledger::list_batches(tx, sight, query));
  for (Batch& batch : batches) list.batches[batch.id] = std::move(batch);
  return list;
}

http::Response answer_files(const FileList& list, const http::Request& request, const BatchRendering& rendering) {
  const ShownMembers shown(request);
  json::object keyed;
  for (const BatchFile& file : list.files) {
    const Batch& batch = list.batches.at(file.batch_id);
    keyed.emplace(file_id(file), shown.select(render_file(file, batch, list.view, rendering)));
  }
  return catalog_answer(keyed);
}

Result<FileList> find_files(ReadTx& tx, const http::Request& request, const Sight& sight, const ListPage& page) {
  if (const auto batch = list_parameter(request, "batchId"))
    return files_of_batch(tx, sight, BatchId(std::string(*batch)), page);
  const auto dataset = list_parameter(request, "dataSetId");
  if (!dataset) {
    return fail(codes::list_parameter_invalid,
                "Parameter batchId is missing; expected ?batchId=<batch> or ?dataSetId=<dataset>.");
  }
  LG_ASSIGN(const Dataset found, ledger::find_dataset(tx, sight, DatasetId(std::string(*dataset))));
  return files_of_dataset(tx, sight, found, page);
}

Result<http::Response> get_files(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                                 const auth::Identity& identity) {
  LG_ASSIGN(const ListPage page, parse_list_page(request));
  LG_ASSIGN(const FileList list, find_files(tx, request, identity.scope, page));
  return answer_files(list, request, batch_rendering(parts, identity));
}

// "<batch>-<number>".
std::optional<int64_t> parse_file_id(const std::string& id, BatchId& batch) {
  const size_t dash = id.rfind('-');
  if (dash == std::string::npos) return std::nullopt;
  int64_t number = 0;
  const char* end = id.data() + id.size();
  const auto [stop, error] = std::from_chars(id.data() + dash + 1, end, number);
  if (error != std::errc() || stop != end || number < 1) return std::nullopt;
  batch = BatchId(id.substr(0, dash));
  return number;
}

Result<http::Response> get_file(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                                const auth::Identity& identity) {
  const std::string& id = request.path_parameter("id");
  BatchId batch;
  FileList list;
  if (const auto number = parse_file_id(id, batch)) {
    LG_ASSIGN(list, files_of_batch(tx, identity.scope, batch, {.start = *number - 1, .limit = 1}));
  }
  const bool found = !list.files.empty() && file_id(list.files.front()) == id;
  if (!found) {
    return fail(codes::file_not_found,
                "There is no dataset file {}; expected <batch>-<number>, of a batch that was completed.", id);
  }
  return answer_files(list, request, batch_rendering(parts, identity));
}

Result<http::Response> get_view_files(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                                      const auth::Identity& identity) {
  LG_ASSIGN(const ListPage page, parse_list_page(request));
  LG_ASSIGN(const Dataset dataset, find_dataset_of_view(tx, identity.scope, DatasetId(request.path_parameter("id")),
                                                        ViewId(request.path_parameter("view"))));
  FileList list;
  if (const auto batch = list_parameter(request, "batchId")) {
    const BatchId id{std::string(*batch)};
    LG_TRY(ledger::find_batch_of_dataset(tx, identity.scope, id, dataset.id));
    LG_ASSIGN(list, files_of_batch(tx, identity.scope, id, page));
  } else {
    LG_ASSIGN(list, files_of_dataset(tx, identity.scope, dataset, page));
  }
  return answer_files(list, request, batch_rendering(parts, identity));
}

constexpr CatalogRead reads[] = {
    {"/dataSetFiles", get_files},
    {"/dataSetFiles/{id}", get_file},
    {"/dataSets/{id}/views/{view}/files", get_view_files},
};

}  // namespace

std::span<const CatalogRead> dataset_file_reads() { return reads; }

}  // namespace lakegate::api
