#include <cstdio>

#include "cli/adhoc_dataset.h"
#include "cli/commands.h"
#include "cli/dataset_finder.h"
#include "cli/error_codes.h"
#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view schema_form = "application/vnd.adobe.xed+json;version=1";
constexpr int page_rows = 100;

std::string table_of(const json::value& dataset) {
  const json::array& names = items(member(member(dataset, "tags"), "adobe/pqs/table"));
  return names.empty() ? std::string() : text(names[0]);
}

std::string schema_of(const json::value& dataset) { return text_member(member(dataset, "schemaRef"), "id"); }

Result<json::object> fetch_datasets(ApiClient& api) {
  json::object all;
  for (int start = 0;; start += page_rows) {
    LG_ASSIGN(const json::value page, api.get(fmt::format("{}/dataSets?limit={}&start={}&orderBy=name,asc:created",
                                                          catalog_root, page_rows, start)));
    const json::object* members = page.if_object();
    if (members == nullptr) return all;
    for (const auto& [id, document] : *members) all.insert_or_assign(id, document);
    if (members->size() < page_rows) return all;
  }
}

void print_dataset(const CommonOptions& common, const Target& target, const FoundDataset& dataset) {
  if (common.json) {
    print_json(json::object{{dataset.id, dataset.document}});
    return;
  }
  const json::value& document = dataset.document;
  std::printf("id       %s\nname     %s\ntable    %s.%s\nschema   %s\ncreated  %s\n", dataset.id.c_str(),
              one_line(dataset.name).c_str(), target.sandbox.c_str(), one_line(table_of(document)).c_str(),
              one_line(schema_of(document)).c_str(), time_text(number_member(document, "created")).c_str());
  const std::string batch = text_member(document, "lastBatchId");
  if (!batch.empty())
    std::printf("last     %s (%s)\n", batch.c_str(), text_member(document, "lastBatchStatus").c_str());
}

// A value of a preview as people write it.
std::string cell_text(const json::value& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return text(value);
  if (value.is_double()) return fmt::format("{}", value.get_double());
  return json::serialize(value);
}

// "@/dataSets/<id>" in the array that a creation answers with.
Result<std::string> created_id(const json::value& answer) {
  constexpr std::string_view prefix = "@/dataSets/";
  const json::array& references = items(answer);
  const std::string reference = references.empty() ? std::string() : text(references[0]);
  if (!reference.starts_with(prefix)) {
    return fail(codes::answer_not_understood, "Creating the dataset answered {}", json::serialize(answer));
  }
  return reference.substr(prefix.size());
}

}  // namespace

Result<ExitStatus> create_dataset(const CommonOptions& common, const NewDataset& wanted) {
  LG_ASSIGN(ApiClient api, connect(common));
  std::string schema = wanted.schema;
  if (schema.empty()) {
    LG_ASSIGN(schema, create_adhoc_schema(api, wanted.name, wanted.from_file));
  }
  json::object order{{"name", wanted.name}, {"schemaRef", {{"id", schema}, {"contentType", schema_form}}}};
  if (!wanted.description.empty()) order.emplace("description", wanted.description);
  LG_ASSIGN(const json::value answer, api.post(fmt::format("{}/dataSets", catalog_root), order));
  LG_ASSIGN(const std::string id, created_id(answer));
  LG_ASSIGN(const FoundDataset dataset, find_dataset(api, id));
  print_dataset(common, api.target(), dataset);
  return done;
}

Result<ExitStatus> list_datasets(const CommonOptions& common) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::object datasets, fetch_datasets(api));
  if (common.json) {
    print_json(datasets);
    return done;
  }
  TextTable table({"NAME", "ID", "TABLE", "CREATED"});
  for (const auto& [id, document] : datasets) {
    table.add({text_member(document, "name"), std::string(id), table_of(document),
               time_text(number_member(document, "created"))});
  }
  std::fputs(table.text().c_str(), stdout);
  return done;
}

Result<ExitStatus> show_dataset(const CommonOptions& common, const std::string& name_or_id) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const FoundDataset dataset, find_dataset(api, name_or_id));
  print_dataset(common, api.target(), dataset);
  return done;
}

Result<ExitStatus> delete_dataset(const CommonOptions& common, const std::string& name_or_id) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const FoundDataset dataset, find_dataset(api, name_or_id));
  LG_ASSIGN(const json::value answer, api.remove(fmt::format("{}/dataSets/{}", catalog_root, dataset.id)));
  if (common.json) {
    print_json(answer);
  } else {
    std::printf("deleted %s (%s)\n", one_line(dataset.name).c_str(), dataset.id.c_str());
  }
  return done;
}

Result<ExitStatus> preview_dataset(const CommonOptions& common, const std::string& name_or_id, int rows) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const FoundDataset dataset, find_dataset(api, name_or_id));
  LG_ASSIGN(const json::value batches,
            api.get(fmt::format("{}/batches?dataSet={}&status=active&orderBy=desc:created&limit=1", catalog_root,
                                dataset.id)));
  const json::object* found = batches.if_object();
  if (found == nullptr || found->empty()) {
    return fail(codes::not_found_by_server, "Dataset {} has no active batch yet.", dataset.name);
  }
  const std::string batch(found->begin()->key());
  LG_ASSIGN(const json::value answer, api.get(fmt::format("{}/batches/{}/datasets/{}/preview?format=parquet&nrow={}",
                                                          import_root, percent_encode(batch), dataset.id, rows)));
  if (common.json) {
    print_json(answer);
    return done;
  }
  const json::value& preview = member(answer, "preview");
  std::vector<std::string> names;
  std::vector<std::string> keys;
  for (const json::value& column : items(member(preview, "columns"))) {
    names.push_back(text_member(column, "name"));
    keys.push_back(text_member(column, "cid"));
  }
  TextTable table(names);
  for (const json::value& row : items(member(preview, "rows"))) {
    std::vector<std::string> cells;
    for (const std::string& key : keys) {
      const json::value& value = member(row, key);
      cells.push_back(cell_text(value));
    }
    table.add(std::move(cells));
  }
  std::fputs(table.text(40).c_str(), stdout);
  return done;
}

}  // namespace lakegate::cli
