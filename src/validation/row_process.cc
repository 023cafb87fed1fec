#include "validation/row_process.h"

#include <poll.h>

#include <utility>

#include "base/error_codes.h"
#include "columnar/file_rows_json.h"
#include "model/table_schema_json.h"
#include "validation/validation_job.h"
#include "validation/worker_protocol.h"

namespace lakegate::validation {
namespace {

using std::chrono::milliseconds;
using Time = std::chrono::steady_clock;

}  // namespace

Result<std::unique_ptr<columnar::RowSource>> RowProcess::start(const RowProcessSettings& settings) {
  LG_ASSIGN(auto process, WorkerProcess::start(settings.worker_command));
  std::unique_ptr<RowProcess> made(new RowProcess(std::move(process), settings.file_deadline));
  LG_ASSIGN(const AnswerMessage answer, made->wait_for_answer(settings.start_deadline));
  if (answer.kind != AnswerMessage::Kind::ready) return fail(codes::internal, "A worker process did not get ready.");
  return made;
}

Result<columnar::FileRows> RowProcess::read_rows(int fd, int64_t size_bytes, const columnar::RowQuery& query) {
  const ValidationSchema schema{.check_json = {}, .table_json = table_schema_to_json(*query.table), .hash = {}};
  LG_ASSIGN(const FileDescriptor texts, make_schema_memory(schema));
  LG_ASSIGN(const FileDescriptor result, make_result_memory(rows_text_bytes_max(query.bytes_max)));
  const JobMessage job{.job = ++jobs_,
                       .kind = JobMessage::Kind::read_rows,
                       .sent_bytes = size_bytes,
                       .table_bytes = static_cast<int64_t>(schema.table_json.size()),
                       .rows_max = query.rows_max,
                       .rows_bytes_max = query.bytes_max};
  if (!process_->send(job, fd, texts.get(), result.get())) return fail(codes::corrupt, "The reading process ended.");
  LG_ASSIGN(const AnswerMessage answer, wait_for_answer(file_deadline_));
  if (answer.job != job.job || answer.kind != AnswerMessage::Kind::judged)
    return fail(codes::corrupt, "The reading process gave no usable answer.");
  LG_ASSIGN(const std::string text, seal_and_read(result.get(), answer, rows_text_bytes_max(query.bytes_max)));
  return columnar::file_rows_from_json(text, query);
}

Result<AnswerMessage> RowProcess::wait_for_answer(milliseconds time_max) {
  const Time::time_point end = Time::now() + time_max;
  while (true) {
    LG_ASSIGN(const std::optional<AnswerMessage> answer, process_->receive());
    if (answer) return *answer;
    const auto left = std::chrono::ceil<milliseconds>(end - Time::now());
    pollfd source{process_->socket(), POLLIN, 0};
    if (left.count() <= 0 || ::poll(&source, 1, static_cast<int>(left.count())) == 0)
      return fail(codes::unavailable, "Reading the file took longer than {} ms.", time_max.count());
  }
}

}  // namespace lakegate::validation
