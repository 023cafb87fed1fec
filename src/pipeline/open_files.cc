#include "pipeline/open_files.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/files.h"
#include "model/error_codes.h"

namespace lakegate::pipeline {
namespace {

constexpr int64_t files_looked_at_max = 1000;  // of those that one answer tells of
constexpr size_t files_named_max = 20;
constexpr size_t ranges_named_max = 20;  // of each file

// "a.parquet" lacks bytes 0-99, 200-4999 of 5000
std::string describe(const BatchFile& file, const std::vector<ByteRange>& missing) {
  if (!file.total_bytes) return fmt::format("\"{}\" was initialized, but no part of it came", file.path);
  std::string ranges;
  for (const ByteRange& range : std::span(missing).first(std::min(missing.size(), ranges_named_max))) {
    ranges += fmt::format("{}{}-{}", ranges.empty() ? "" : ", ", range.begin, range.end - 1);
  }
  if (missing.size() > ranges_named_max)
    ranges += fmt::format(" and {} more ranges", missing.size() - ranges_named_max);
  return fmt::format("\"{}\" lacks bytes {} of {}", file.path, ranges, *file.total_bytes);
}

// Nothing where the file lacks nothing.
Result<std::optional<std::string>> describe_gaps(ReadTx& tx, const BatchFile& file) {
  LG_ASSIGN(std::vector<ByteRange> held, ledger::held_ranges(tx, file.batch_id, file.number));
  const std::vector<ByteRange> missing = missing_ranges(std::move(held), file.total_bytes.value_or(0));
  if (file.total_bytes && missing.empty()) return std::nullopt;
  return describe(file, missing);
}

std::unexpected<Error> incomplete(std::string_view what) {
  return fail(codes::batch_incomplete_files,
              "Files of the batch have gaps: {}. PATCH the missing ranges, then COMPLETE again; the batch is still "
              "loading.",
              what);
}

}  // namespace

Result<bool> stitch_open_files(Tx& tx, const BatchId& batch, Millis now) {
  LG_ASSIGN(const std::vector<BatchFile> open, ledger::open_files(tx, batch, files_stitched_max + 1));
  const auto count = std::min<size_t>(open.size(), files_stitched_max);
  for (const BatchFile& file : std::span(open).first(count)) {
    const Result<BatchFile> completed = ledger::complete_file(tx, batch, file.path, now);
    if (completed) continue;
    if (completed.error().code != &codes::file_has_gaps) return std::unexpected(completed.error());
    return incomplete(completed.error().message);
  }
  return open.size() == count;
}

Status check_open_files(ReadTx& tx, const BatchId& batch) {
  LG_ASSIGN(const std::vector<BatchFile> open, ledger::open_files(tx, batch, files_looked_at_max));
  std::string named;
  size_t with_gaps = 0;
  for (const BatchFile& file : open) {
    LG_ASSIGN(const std::optional<std::string> gaps, describe_gaps(tx, file));
    if (!gaps || ++with_gaps > files_named_max) continue;
    named += (named.empty() ? "" : "; ") + *gaps;
  }
  if (with_gaps == 0) return {};
  if (with_gaps > files_named_max) named += fmt::format("; and {} more files", with_gaps - files_named_max);
  return incomplete(named);
}

}  // namespace lakegate::pipeline
