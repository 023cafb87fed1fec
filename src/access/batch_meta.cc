#include "access/batch_meta.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "access/error_files.h"
#include "access/sent_files.h"
#include "ledger/batches.h"
#include "ledger/files.h"
#include "model/error_codes.h"

namespace lakegate::access {
namespace {

constexpr std::string_view input_files = "input_files";
constexpr std::string_view row_errors = "row_errors";
constexpr std::array<std::string_view, 2> sample_names = {"row_errors_sample.json", "row_error_samples.json"};
constexpr std::string_view success_mark = "_SUCCESS";

std::string file_name(int64_t index) { return fmt::format("{}/fileMetaData{}.json", input_files, index + 1); }

// The part of the list that is in file `index`, from 0 on.
Result<std::string> input_files_text(ReadTx& tx, const BatchId& batch, int64_t index) {
  LG_ASSIGN(const std::vector<BatchFile> files,
            ledger::list_files(tx, batch, index * paths_per_meta_file, paths_per_meta_file));
  std::string text;
  for (const BatchFile& file : files) {
    text += boost::json::serialize(boost::json::object{{"path", file.path}}) + "\n";
  }
  return text;
}

// At least one, so that there is something to look at.
Result<int64_t> file_count(ReadTx& tx, const BatchId& batch) {
  LG_ASSIGN(const ledger::FileTotals totals, ledger::count_files(tx, batch));
  return std::max<int64_t>(1, (totals.file_count + paths_per_meta_file - 1) / paths_per_meta_file);
}

Result<MetaDirectory> list_input_files(ReadTx& tx, const BatchId& batch) {
  MetaDirectory directory;
  LG_ASSIGN(const int64_t count, file_count(tx, batch));
  for (int64_t i = 0; i < count; ++i) {
    LG_ASSIGN(const std::string text, input_files_text(tx, batch, i));
    directory.push_back({file_name(i), static_cast<int64_t>(text.size())});
  }
  return directory;
}

using MetaPlace = std::variant<MetaDirectory, MetaFile>;

int64_t length_of(const std::string& text) { return static_cast<int64_t>(text.size()); }

bool is_sample(std::string_view path) { return std::ranges::find(sample_names, path) != sample_names.end(); }

std::unexpected<Error> no_file(const Batch& batch, std::string_view directory, std::string_view path) {
  return fail(codes::file_not_found,
              "Batch {} ({}) has no \"{}\" in its {} directory. The batch's errors, with file, column and rows, are in "
              "errors[] of GET /data/foundation/catalog/batches/{}.",
              batch.id, to_string(batch.status), path, directory, batch.id);
}

Result<std::vector<BatchError>> errors_of(ReadTx& tx, const Batch& batch) {
  if (batch.status != BatchStatus::failed) return std::vector<BatchError>();
  return ledger::errors_of(tx, batch.id);
}

Result<MetaDirectory> list_root(ReadTx& tx, const Batch& batch) {
  MetaDirectory directory{{std::string(input_files), 0}, {std::string(row_errors), 0}};
  LG_ASSIGN(const std::vector<BatchError> errors, errors_of(tx, batch));
  const std::string sample = row_error_sample(errors);
  for (const std::string_view name : sample_names) {
    if (!sample.empty()) directory.push_back({std::string(name), length_of(sample)});
  }
  return directory;
}

Result<MetaPlace> read_row_errors(ReadTx& tx, const Batch& batch, std::string_view path) {
  LG_ASSIGN(const std::vector<BatchError> errors, errors_of(tx, batch));
  MetaDirectory directory;
  for (ErrorFile& file : row_error_files(errors)) {
    std::string name = fmt::format("{}/{}", row_errors, file.name);
    if (name == path) return std::move(file.text);
    directory.push_back({std::move(name), length_of(file.text)});
  }
  if (path == row_errors) return directory;
  return no_file(batch, "meta", path);
}

Result<MetaPlace> read_input_files(ReadTx& tx, const Batch& batch, std::string_view path) {
  if (path == input_files) return list_input_files(tx, batch.id);
  LG_ASSIGN(const int64_t count, file_count(tx, batch.id));
  for (int64_t i = 0; i < count; ++i) {
    if (path == file_name(i)) return input_files_text(tx, batch.id, i);
  }
  return no_file(batch, "meta", path);
}

}  // namespace

Result<std::variant<MetaDirectory, MetaFile>> read_meta(ReadTx& tx, const Batch& batch, std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  const bool shown = shows_files(batch);
  if (path.empty()) return shown ? list_root(tx, batch) : MetaDirectory();
  if (!shown) return no_file(batch, "meta", path);
  if (path.starts_with(input_files)) return read_input_files(tx, batch, path);
  if (path.starts_with(row_errors) && !is_sample(path)) return read_row_errors(tx, batch, path);
  if (is_sample(path)) {
    LG_ASSIGN(const std::vector<BatchError> errors, errors_of(tx, batch));
    std::string sample = row_error_sample(errors);
    if (!sample.empty()) return sample;
  }
  return no_file(batch, "meta", path);
}

Result<std::variant<MetaDirectory, MetaFile>> read_failed(ReadTx& tx, const Batch& batch, std::string_view path) {
  const bool has_failed = batch.status == BatchStatus::failed && shows_files(batch);
  if (!has_failed && path.empty()) return MetaDirectory();
  if (!has_failed) return no_file(batch, "failed", path);
  if (path == success_mark) return MetaFile();
  LG_ASSIGN(const std::vector<BatchError> errors, errors_of(tx, batch));
  std::string rows = failed_rows(errors);
  const std::string name = fmt::format("part-00000-{}-c000.json", batch.id);
  if (path == name && !rows.empty()) return rows;
  if (!path.empty()) return no_file(batch, "failed", path);
  MetaDirectory directory{{std::string(success_mark), 0}};
  if (!rows.empty()) directory.push_back({name, length_of(rows)});
  return directory;
}

}  // namespace lakegate::access
