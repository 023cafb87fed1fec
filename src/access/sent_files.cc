#include "access/sent_files.h"

#include <charconv>
#include <optional>
#include <utility>

#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "ledger/files.h"
#include "model/error_codes.h"

namespace lakegate::access {
namespace {

struct FileId {
  BatchId batch;
  int64_t number = 0;
};

// A batch's id may have dashes of its own.
std::optional<FileId> parse_file_id(std::string_view id) {
  const size_t dash = id.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  const std::string_view digits = id.substr(dash + 1);
  if (digits.empty() || digits.front() < '1' || digits.front() > '9') return std::nullopt;
  FileId parsed{.batch = BatchId(std::string(id.substr(0, dash)))};
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed.number);
  if (error != std::errc() || stop != digits.data() + digits.size()) return std::nullopt;
  return parsed;
}

std::unexpected<Error> no_file(std::string_view id) {
  return fail(codes::file_not_found,
              "There is no file \"{}\" of a completed batch; ids are listed by GET /data/foundation/export/batches/"
              "{{batchId}}/files.",
              id);
}

std::unexpected<Error> bytes_gone(const SentFile& sent) {
  return fail(codes::file_not_found, "The bytes of file \"{}\" are not kept any more: batch {} is {}.", sent.file.path,
              sent.batch.id, to_string(sent.batch.status));
}

}  // namespace

std::string data_set_file_id(const BatchFile& file) { return fmt::format("{}-{}", file.batch_id, file.number); }

bool shows_files(const Batch& batch) {
  switch (batch.status) {
    case BatchStatus::loaded:
    case BatchStatus::staging:
    case BatchStatus::staged:
    case BatchStatus::active: return true;
    case BatchStatus::failed: return batch.started.has_value();
    case BatchStatus::loading:
    case BatchStatus::aborted:
    case BatchStatus::abandoned:
    case BatchStatus::inactive:
    case BatchStatus::deleted: break;
  }
  return false;
}

Result<SentFilesPage> list_sent_files(ReadTx& tx, const Sight& sight, const BatchId& batch, int64_t start,
                                      int64_t limit) {
  SentFilesPage page;
  LG_ASSIGN(page.batch, ledger::find_batch(tx, sight, batch));
  if (!shows_files(page.batch)) return page;
  LG_ASSIGN(const Dataset dataset, ledger::get_dataset(tx, page.batch.dataset_id));
  page.view_id = dataset.view_id;
  LG_ASSIGN(const ledger::FileTotals totals, ledger::count_files(tx, batch));
  page.total = totals.file_count;
  // Numbers are given from 1 on without a gap, and no file of a batch is ever removed.
  LG_ASSIGN(page.files, ledger::list_files(tx, batch, start, limit));
  return page;
}

Result<SentFile> find_sent_file(ReadTx& tx, const Sight& sight, std::string_view id) {
  const auto parsed = parse_file_id(id);
  if (!parsed) return no_file(id);
  auto batch = ledger::find_batch(tx, sight, parsed->batch);
  if (!batch && batch.error().kind() != ErrorKind::not_found) return std::unexpected(std::move(batch).error());
  if (!batch || !shows_files(*batch)) return no_file(id);
  LG_ASSIGN(std::vector<BatchFile> files, ledger::list_files(tx, parsed->batch, parsed->number - 1, 1));
  if (files.empty() || files.front().number != parsed->number || !files.front().complete) return no_file(id);
  return SentFile{.batch = *std::move(batch), .file = std::move(files.front())};
}

Result<OpenObject> open_sent_file(ObjectStore& objects, const SentFile& sent) {
  if (sent.file.object.empty()) return bytes_gone(sent);
  auto opened = objects.open(sent.file.object);
  if (!opened && opened.error().kind() == ErrorKind::not_found) return bytes_gone(sent);
  if (opened && opened->size_bytes < sent.file.sent_bytes) {
    return fail(codes::corrupt, "The object of file \"{}\" of batch {} has {} bytes; {} were sent.", sent.file.path,
                sent.batch.id, opened->size_bytes, sent.file.sent_bytes);
  }
  return opened;
}

}  // namespace lakegate::access
