#include "access/batch_meta.h"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

#include "access/sent_files.h"
#include "ledger/files.h"
#include "model/error_codes.h"

namespace lakegate::access {
namespace {

constexpr std::string_view input_files = "input_files";

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

}  // namespace

Result<std::variant<MetaDirectory, MetaFile>> read_meta(ReadTx& tx, const Batch& batch, std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  const bool shown = shows_files(batch);
  if (path.empty()) return shown ? MetaDirectory{{std::string(input_files), 0}} : MetaDirectory();
  if (shown && path == input_files) return list_input_files(tx, batch.id);
  if (shown && path.starts_with(input_files)) {
    LG_ASSIGN(const int64_t count, file_count(tx, batch.id));
    for (int64_t i = 0; i < count; ++i) {
      if (path == file_name(i)) return input_files_text(tx, batch.id, i);
    }
  }
  return fail(codes::file_not_found,
              "Batch {} has no \"{}\" in its meta directory. The batch's errors, with file, column and rows, are in "
              "errors[] of GET /data/foundation/catalog/batches/{}.",
              batch.id, path, batch.id);
}

}  // namespace lakegate::access
