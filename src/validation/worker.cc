#include "validation/worker.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <list>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "base/error_codes.h"
#include "base/file_descriptor.h"
#include "base/log.h"
#include "base/result.h"
#include "columnar/checked.h"
#include "columnar/file_reader.h"
#include "columnar/file_rows_json.h"
#include "columnar/row_reader.h"
#include "columnar/sample_files.h"
#include "model/check_schema_json.h"
#include "model/table_schema_json.h"
#include "model/validation_report_json.h"
#include "validation/judge.h"
#include "validation/memory_sink.h"
#include "validation/sandbox.h"
#include "validation/worker_protocol.h"

namespace lakegate::validation {
namespace {

constexpr size_t schemas_kept_max = 8;
constexpr size_t reserve_bytes = 8 << 20;  // a window onto the result, and what a report takes

struct CompiledSchema {
  std::string hash;
  CheckSchema checks;
  TableSchema table;
};

// The schemas that were used last, the newest first.
class SchemaCache {
 public:
  Result<const CompiledSchema*> get(const JobMessage& job, int texts) {
    const std::string_view hash(job.schema_hash.data(), job.schema_hash.size());
    for (auto schema = schemas_.begin(); schema != schemas_.end(); ++schema) {
      if (schema->hash != hash) continue;
      schemas_.splice(schemas_.begin(), schemas_, schema);
      return &schemas_.front();
    }
    std::string text(static_cast<size_t>(job.check_bytes + job.table_bytes), '\0');
    columnar::read_exactly(texts, 0, text);
    const std::string_view view = text;
    const auto check_bytes = static_cast<size_t>(job.check_bytes);
    LG_ASSIGN(CheckSchema checks, check_schema_from_json(view.substr(0, check_bytes)));
    LG_ASSIGN(TableSchema table, table_schema_from_json(view.substr(check_bytes)));
    schemas_.push_front({std::string(hash), std::move(checks), std::move(table)});
    if (schemas_.size() > schemas_kept_max) schemas_.pop_back();
    return &schemas_.front();
  }

 private:
  std::list<CompiledSchema> schemas_;
};

Status read_sample_rows(const std::string& bytes, const TableSchema& table) {
  const FileDescriptor file(::memfd_create("sample", MFD_CLOEXEC));
  if (::write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
    return fail(codes::internal, "A worker cannot make memory files.");
  const auto rows =
      columnar::read_rows(file.get(), static_cast<int64_t>(bytes.size()), {.rows_max = 3, .table = &table});
  if (!rows) return std::unexpected(rows.error());
  (void)columnar::file_rows_to_json(rows);
  return {};
}

// Everything that initialises itself on first use does so here: code for this processor, exceptions, patterns, JSON.
Status warm_up() {
  const auto node = [](std::string name, TypeKind kind) {
    return CheckNode{.field_id = 0, .name = std::move(name), .kind = kind, .constraints = {}, .children = {}};
  };
  CheckSchema checks{{node("b", TypeKind::boolean), node("i", TypeKind::int32), node("l", TypeKind::int64),
                      node("f", TypeKind::float64), node("d", TypeKind::float64), node("s", TypeKind::string),
                      node("t", TypeKind::timestamptz)}};
  checks.columns[5].constraints.pattern = "^[a-zü]*ß?$|never";
  checks.columns[5].constraints.enumeration = {"a", "bc", "", "düß"};
  TableSchema table;
  for (CheckNode& check : checks.columns) {
    check.field_id = static_cast<int32_t>(table.columns.size()) + 1;
    table.columns.push_back({.field_id = check.field_id,
                             .name = check.name,
                             .table_name = check.name,
                             .kind = check.kind,
                             .documentation = {},
                             .children = {}});
  }
  LG_TRY(check_schema_from_json(check_schema_to_json(checks)));
  LG_TRY(table_schema_from_json(table_schema_to_json(table)));
  const auto judge_file = [&](const std::string& bytes) -> Result<Verdict> {
    const FileDescriptor file(::memfd_create("sample", MFD_CLOEXEC));
    const FileDescriptor result(::memfd_create("result", MFD_CLOEXEC));
    const bool made = ::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
                      ::ftruncate(result.get(), 1 << 20) == 0;
    if (!made) return fail(codes::internal, "A worker cannot make memory files.");
    MemorySink sink(result.get(), 1 << 20);
    LG_ASSIGN(
        const Judgement judgement,
        judge({.fd = file.get(), .sent_bytes = static_cast<int64_t>(bytes.size()), .checks = &checks, .table = &table},
              sink));
    (void)validation_report_to_json(judgement.report);
    return judgement.report.verdict;
  };
  for (std::string& file : columnar::sample_files()) {
    LG_ASSIGN(const Verdict verdict, judge_file(file));
    if (verdict != Verdict::good) return fail(codes::internal, "A worker refuses a sample file.");
    LG_TRY(read_sample_rows(file, table));
    // Damaged ones: what is refused, what throws.
    for (size_t at = 40; at < file.size(); at += 97) {
      std::string damaged = file;
      damaged[at] = static_cast<char>(damaged[at] ^ 0xff);
      LG_TRY(judge_file(damaged));
    }
  }
  try {
    throw std::bad_alloc();
  } catch (const std::exception&) {
  }
  return {};
}

// Address space that is given up to be able to say that there is no more. No memory stands behind it.
class AddressReserve {
 public:
  AddressReserve() : begin_(::mmap(nullptr, reserve_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {}
  AddressReserve(const AddressReserve&) = delete;
  ~AddressReserve() { release(); }

  void release() {
    if (begin_ != MAP_FAILED) ::munmap(begin_, reserve_bytes);
    begin_ = MAP_FAILED;
  }

 private:
  void* begin_;
};

class Worker {
 public:
  Worker(int socket, BeforeJob before_job) : socket_(socket), before_job_(before_job) {}

  // Until the validator hangs up, or this process has become unfit.
  void serve() {
    if (!say({.kind = AnswerMessage::Kind::ready})) return;
    while (true) {
      JobMessage job;
      auto received = receive_message(socket_, std::as_writable_bytes(std::span(&job, 1)), true);
      if (!received || received->size_bytes != sizeof(job) || received->descriptor_count != message_descriptors_max)
        return;
      const AnswerMessage answer =
          run(job, received->descriptors[0].get(), received->descriptors[1].get(), received->descriptors[2].get());
      if (!say(answer) || answer.leaves != 0) return;
    }
  }

 private:
  bool say(const AnswerMessage& answer) const {
    return send_message(socket_, std::as_bytes(std::span(&answer, 1)), {}, true);
  }

  AnswerMessage run(const JobMessage& job, int file, int texts, int result) {
    if (job.kind == JobMessage::Kind::read_rows) return run_rows(job, file, texts, result);
    MemorySink sink(result, job.tail_bytes_max);
    AnswerMessage answer{.job = job.job, .kind = AnswerMessage::Kind::judged};
    std::string text;
    auto judged = judge_job(job, file, texts, sink);
    if (judged) {
      answer.leaves = judged->out_of_memory ? 1 : 0;
      answer.tail_bytes = judged->report.verdict == Verdict::good ? sink.size_bytes() : 0;
      text = validation_report_to_json(judged->report);
    } else {
      answer.kind = AnswerMessage::Kind::failed;
      text = judged.error().message;
    }
    answer.text_offset = sink.size_bytes();
    answer.text_bytes = static_cast<int64_t>(text.size());
    sink.raise_limit(job.tail_bytes_max + report_bytes_max);
    if (!sink.append(text)) answer.kind = AnswerMessage::Kind::failed, answer.text_bytes = 0;
    sink.close_window();
    return answer;
  }

  AnswerMessage run_rows(const JobMessage& job, int file, int texts, int result) {
    AnswerMessage answer{.job = job.job, .kind = AnswerMessage::Kind::judged};
    MemorySink sink(result, rows_text_bytes_max(job.rows_bytes_max));
    std::string text = columnar::file_rows_to_json(read_rows(job, file, texts));
    if (!sink.append(text)) {
      text = columnar::file_rows_to_json(fail(codes::too_large, "The rows are longer than a preview may be."));
      if (!sink.append(text)) answer.kind = AnswerMessage::Kind::failed;
    }
    answer.text_bytes = static_cast<int64_t>(text.size());
    sink.close_window();
    return answer;
  }

  Result<columnar::FileRows> read_rows(const JobMessage& job, int file, int texts) {
    if (before_job_ != nullptr) before_job_(file);
    std::string text(static_cast<size_t>(job.table_bytes), '\0');
    columnar::read_exactly(texts, 0, text);
    LG_ASSIGN(const TableSchema table, table_schema_from_json(text));
    return columnar::read_rows(file, job.sent_bytes,
                               {.rows_max = job.rows_max, .bytes_max = job.rows_bytes_max, .table = &table});
  }

  Result<Judgement> judge_job(const JobMessage& job, int file, int texts, MemorySink& sink) {
    JudgeTask task{.fd = file, .sent_bytes = job.sent_bytes, .format = static_cast<InputFormat>(job.format)};
    task.columns_max = job.columns_max;
    try {
      if (before_job_ != nullptr) before_job_(file);
      LG_ASSIGN(const CompiledSchema* schema, schemas_.get(job, texts));
      task.checks = &schema->checks;
      task.table = &schema->table;
      return judge(task, sink);
    } catch (const std::bad_alloc&) {
      reserve_.release();
      return refuse_for_memory(task);
    } catch (const columnar::ReadFailure&) {
      return fail(codes::internal, "Reading a schema failed.");
    }
  }

  const int socket_;
  const BeforeJob before_job_;
  AddressReserve reserve_;
  SchemaCache schemas_;
};

// Its log lines are between the server's.
void say_in_servers_format() {
  const char* format = std::getenv("LAKEGATE_LOG_FORMAT");
  if (format != nullptr && std::string_view(format) == "json") log::set_format(log::Format::json);
}

}  // namespace

int worker_main(int socket, BeforeJob before_job) {
  prepare_process(socket);
  Status ready = warm_up();
  if (ready) ready = lock_in();
  if (!ready) {
    say_in_servers_format();
    log::error("A worker cannot lock itself in", {{"cause", ready.error()}});
    return 1;
  }
  Worker(socket, before_job).serve();
  ::_exit(0);  // no destructors of libraries inside of the sandbox
}

}  // namespace lakegate::validation
