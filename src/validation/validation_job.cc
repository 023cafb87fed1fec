#include "validation/validation_job.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/error_codes.h"
#include "base/utf8.h"
#include "columnar/checked.h"
#include "model/validation_report_json.h"

namespace lakegate::validation {
namespace {

constexpr int64_t tail_bytes_min = 12;
constexpr std::string_view beyond_limits = "its answer has sizes beyond the limits";

Result<FileDescriptor> make_memory(const char* name) {
  FileDescriptor memory(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory) return fail(codes::unavailable, "No memory for a worker: {}.", std::strerror(errno));
  return memory;
}

std::unexpected<Error> unusable(std::string_view what) { return fail(codes::corrupt, "{}", what); }

Result<std::string> read_text(int memory, int64_t offset, int64_t size_bytes) {
  std::string text(static_cast<size_t>(size_bytes), '\0');
  size_t held = 0;
  while (held < text.size()) {
    const ssize_t got = ::pread(memory, text.data() + held, text.size() - held, offset + static_cast<int64_t>(held));
    if (got <= 0) return unusable("its memory cannot be read");
    held += static_cast<size_t>(got);
  }
  return text;
}

}  // namespace

Result<FileDescriptor> make_result_memory(int64_t size_bytes) {
  LG_ASSIGN(FileDescriptor memory, make_memory("lakegate-result"));
  const bool fixed = ::ftruncate(memory.get(), size_bytes) == 0 &&
                     ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == 0;
  if (!fixed) return fail(codes::unavailable, "No memory for a worker's answer: {}.", std::strerror(errno));
  return memory;
}

Result<FileDescriptor> make_schema_memory(const ValidationSchema& schema) {
  LG_ASSIGN(FileDescriptor memory, make_memory("lakegate-schema"));
  for (const std::string* text : {&schema.check_json, &schema.table_json}) {
    for (size_t done = 0; done < text->size();) {
      const ssize_t wrote = ::write(memory.get(), text->data() + done, text->size() - done);
      if (wrote <= 0) return fail(codes::unavailable, "No memory for a schema: {}.", std::strerror(errno));
      done += static_cast<size_t>(wrote);
    }
  }
  if (::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0) {
    return fail(codes::unavailable, "Sealing a schema's memory failed: {}.", std::strerror(errno));
  }
  return memory;
}

Result<std::string> seal_and_read(int memory, const AnswerMessage& answer, int64_t bytes_max) {
  const bool sizes_fit = answer.text_offset >= 0 && answer.text_bytes >= 0 && answer.text_bytes <= bytes_max &&
                         answer.text_offset <= bytes_max - answer.text_bytes;
  if (!sizes_fit) return unusable(beyond_limits);
  // Fails while the worker still holds the memory open for writing.
  if (::fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL) != 0) return unusable("it still writes its answer");
  return read_text(memory, answer.text_offset, answer.text_bytes);
}

Result<ValidationOutcome> read_answer(ValidationJob& job, const AnswerMessage& answer, int64_t tail_bytes_max) {
  const bool sizes_fit = answer.tail_bytes >= 0 && answer.tail_bytes <= tail_bytes_max &&
                         answer.text_offset <= tail_bytes_max && answer.text_bytes <= report_bytes_max;
  if (!sizes_fit) return unusable(beyond_limits);
  LG_ASSIGN(const std::string text, seal_and_read(job.result.get(), answer, tail_bytes_max + report_bytes_max));
  if (answer.kind == AnswerMessage::Kind::failed) return unusable(printable(text, 300));
  LG_ASSIGN(ValidationReport report, validation_report_from_json(text));
  const int64_t tail = report.verdict == Verdict::good ? report.table_bytes - report.sent_bytes : 0;
  if (report.sent_bytes != job.request.sent_bytes || tail != answer.tail_bytes)
    return unusable("its report is about another file");
  ValidationOutcome outcome{
      .report = std::move(report), .tail = TailBytes(std::move(job.result), tail), .worker_fault = false};
  if (static_cast<int64_t>(outcome.tail.size()) != tail) return fail(codes::unavailable, "mapping its tail failed");
  if (outcome.report.verdict == Verdict::good && (tail < tail_bytes_min || !outcome.tail.bytes().ends_with("PAR1"))) {
    return unusable("its tail is no end of a Parquet file");
  }
  return outcome;
}

ValidationOutcome fault_outcome(const ValidationRequest& request, const ViolationCode& code, std::string found) {
  ValidationOutcome outcome;
  outcome.worker_fault = true;
  outcome.report.verdict = Verdict::bad;
  outcome.report.violation_count = 1;
  outcome.report.sent_bytes = request.sent_bytes;
  outcome.report.violations = {columnar::violation(code, "", std::move(found), "a file that can be judged")};
  return outcome;
}

}  // namespace lakegate::validation
