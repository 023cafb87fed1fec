#include "validation/judge.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <exception>
#include <map>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "base/error_codes.h"
#include "columnar/chunk_reader.h"
#include "columnar/content_hash.h"
#include "columnar/footer.h"
#include "columnar/tail_writer.h"
#include "validation/footer_check.h"
#include "validation/judge_plan.h"
#include "validation/leaf_judge.h"
#include "validation/violation_log.h"

namespace lakegate::validation {
namespace {

using columnar::Batch;
using columnar::ChunkFacts;
using columnar::ChunkReader;
using columnar::ColumnMetaData;
using columnar::Footer;
using columnar::RowGroup;
using columnar::violation;

// The leaves of the table whose statistics are kept.
void statistics_leaves(const std::vector<Column>& columns, bool root, std::vector<int32_t>& ids) {
  for (const Column& column : columns) {
    const bool named = root && (column.name == "_id" || column.name == "timestamp");
    if (!is_primitive(column.kind))
      statistics_leaves(column.children, false, ids);
    else if (named || ids.size() < statistics_leaves_max)
      ids.push_back(column.field_id);
  }
}

class FileJudge {
 public:
  FileJudge(const JudgeTask& task, columnar::ByteSink& tail) : task_(task), tail_(tail), budget_(judge_bytes_max) {}

  Result<ValidationReport> run() {
    report_.sent_bytes = task_.sent_bytes;
    report_.content_xxh3 = columnar::content_xxh3(task_.fd, task_.sent_bytes);
    if (task_.format != InputFormat::parquet) {
      log_.add(
          violation(violations::format_unsupported, "", task_.format == InputFormat::json ? "json" : "csv", "parquet"));
      return finish();
    }
    auto footer = columnar::read_footer(task_.fd, task_.sent_bytes);
    if (!footer) {
      log_.add(std::move(footer).error());
      return finish();
    }
    report_.record_count = footer->metadata.num_rows;
    if (const auto columns = static_cast<int64_t>(footer->schema.leaves.size()); columns > task_.columns_max) {
      log_.add(violation(violations::over_limit, "", fmt::format("{} columns", columns),
                         fmt::format("at most {}", task_.columns_max), "Split the columns among several datasets."));
      return finish();
    }
    LG_ASSIGN(plan_, make_judge_plan(footer->schema, *task_.checks, report_.record_count, log_));
    judge_pages(*footer);
    if (log_.empty()) write_tail(*footer);
    return finish();
  }

 private:
  void judge_pages(const Footer& footer) {
    std::deque<LeafJudge> judges;
    for (const LeafPlan& plan : plan_.leaves) judges.emplace_back(plan, log_);
    facts_.resize(plan_.leaves.size());
    is_spoiled_.assign(plan_.leaves.size(), false);
    for (const RowGroup& group : footer.metadata.row_groups) {
      group_digests_.assign(plan_.group_paths.size(), std::nullopt);
      std::vector<ChunkFacts>& chunks = chunk_facts_.emplace_back(footer.schema.leaves.size());
      for (size_t i = 0; i < judges.size(); ++i) {
        if (is_spoiled_[i]) continue;
        const LeafPlan& plan = plan_.leaves[i];
        const auto leaf = static_cast<size_t>(plan.leaf);
        auto wrong = judge_chunk(plan, group, *group.columns[leaf].meta_data, judges[i], facts_[i], chunks[leaf]);
        if (!wrong) continue;
        log_.add(*std::move(wrong));
        is_spoiled_[i] = true;
      }
      first_row_ += group.num_rows;
    }
  }

  // Reads a chunk to its end. Answers what makes the rest of the column unreadable.
  std::optional<Violation> judge_chunk(const LeafPlan& plan, const RowGroup& group, const ColumnMetaData& chunk,
                                       LeafJudge& judge, ColumnFacts& facts, ChunkFacts& kept) {
    ChunkReader reader(task_.fd, chunk, *plan.node, budget_);
    judge.begin_chunk(first_row_);
    Batch batch;
    while (true) {
      auto more = reader.next(batch);
      if (!more) return std::move(more).error();
      if (!*more) break;
      judge.judge(batch, batch.is_indices ? reader.dictionary() : columnar::Values{});
    }
    if (reader.row_count() != group.num_rows) {
      return violation(violations::counts_mismatch, plan.node->path,
                       fmt::format("{} rows in a row group", reader.row_count()),
                       fmt::format("{}, as the footer says", group.num_rows));
    }
    LeafJudge::ChunkResult result = judge.end_chunk();
    if (auto wrong = compare_siblings(plan, result.digests)) return wrong;
    if (auto wrong = check_statistics(*plan.node, chunk, result.facts)) return wrong;
    kept.pages = reader.pages();
    kept.null_count = result.facts.null_count;
    const Extremes& extremes = result.facts.extremes;
    if (extremes.any) kept.integer_bounds = {extremes.integer_min, extremes.integer_max};
    facts.merge(result.facts);
    return std::nullopt;
  }

  std::optional<Violation> compare_siblings(const LeafPlan& plan, const std::vector<StructureJudge::Digest>& digests) {
    for (const StructureJudge::Digest& digest : digests) {
      auto& known = group_digests_[static_cast<size_t>(digest.group)];
      if (!known) known = digest.digest;
      if (*known == digest.digest) continue;
      return violation(violations::counts_mismatch, plan.node->path,
                       fmt::format("levels that contradict other columns of {}",
                                   plan_.group_paths[static_cast<size_t>(digest.group)]),
                       "the same instances in all columns of a group");
    }
    return std::nullopt;
  }

  void write_tail(Footer& footer) {
    auto tail = columnar::write_tail(task_.fd, task_.sent_bytes, footer, chunk_facts_, *task_.table, budget_, tail_);
    if (!tail) {
      log_.add(std::move(tail).error());
      return;
    }
    report_.table_bytes = task_.sent_bytes + tail->size_bytes;
    report_.origin = tail->rewrote_pages ? FileOrigin::normalised : FileOrigin::as_sent;
    report_.split_offsets = std::move(tail->split_offsets);
    std::vector<int32_t> wanted;
    statistics_leaves(task_.table->columns, true, wanted);
    std::ranges::sort(wanted);
    for (size_t i = 0; i < plan_.leaves.size(); ++i) {
      const LeafPlan& plan = plan_.leaves[i];
      const int32_t id = plan.check->field_id;
      report_.columns_present.push_back(id);
      if (!std::ranges::binary_search(wanted, id)) continue;
      report_.statistics.push_back(to_statistics(facts_[i], id, tail->leaf_bytes[static_cast<size_t>(plan.leaf)],
                                                 plan.check->kind, plan.node->logical.unit, plan.is_repeated));
    }
    std::ranges::sort(report_.columns_present);
    std::ranges::sort(report_.statistics, {}, &ColumnStatistics::field_id);
  }

  ValidationReport finish() {
    if (!log_.empty()) {
      report_ = {
          .record_count = report_.record_count, .content_xxh3 = report_.content_xxh3, .sent_bytes = report_.sent_bytes};
    }
    std::move(log_).write(report_);
    return std::move(report_);
  }

  const JudgeTask& task_;
  columnar::ByteSink& tail_;
  columnar::MemoryBudget budget_;
  ViolationLog log_;
  ValidationReport report_;
  JudgePlan plan_;

  int64_t first_row_ = 0;                               // of the row group
  std::vector<ColumnFacts> facts_;                      // by planned leaf
  std::vector<bool> is_spoiled_;                        // by planned leaf: a chunk of it cannot be read
  std::vector<std::optional<uint64_t>> group_digests_;  // of the row group, by group
  std::vector<std::vector<ChunkFacts>> chunk_facts_;    // by row group, by leaf of the file
};

Judgement refused(const JudgeTask& task, Violation wrong, bool out_of_memory) {
  Judgement judgement{.report = {}, .out_of_memory = out_of_memory};
  judgement.report.sent_bytes = task.sent_bytes;
  ViolationLog log;
  log.add(std::move(wrong));
  std::move(log).write(judgement.report);
  return judgement;
}

}  // namespace

Judgement refuse_for_memory(const JudgeTask& task) {
  return refused(task,
                 violation(violations::over_limit, "", "more memory than judging a file may take",
                           fmt::format("at most {} bytes", judge_bytes_max), "Write smaller pages and values."),
                 true);
}

Result<Judgement> judge(const JudgeTask& task, columnar::ByteSink& tail) {
  try {
    FileJudge file(task, tail);
    LG_ASSIGN(ValidationReport report, file.run());
    return Judgement{.report = std::move(report), .out_of_memory = false};
  } catch (const std::bad_alloc&) {
    return refuse_for_memory(task);
  } catch (const columnar::ReadFailure& failure) {
    return fail(codes::unavailable, "Reading the object at byte {} failed: {}.", failure.offset,
                std::strerror(failure.error_number));
  } catch (const std::exception& thrown) {
    return refused(task, violation(violations::corrupt, "", thrown.what(), "a file that can be decoded"), true);
  }
}

}  // namespace lakegate::validation
