// Schemas and verdicts for tests of judging, in few words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "columnar/byte_sink.h"
#include "model/check_schema.h"
#include "model/table_schema.h"
#include "model/validation_report.h"
#include "model/violation_codes.h"

namespace lakegate::validation::testing {

CheckNode field(std::string name, TypeKind kind, Constraints constraints = {});
CheckNode object(std::string name, std::vector<CheckNode> fields, Constraints constraints = {});
CheckNode list(std::string name, CheckNode element, Constraints constraints = {});
CheckNode map(std::string name, CheckNode value, Constraints constraints = {});
inline const Constraints required{.required = true};

// Gives every node its field id, in the order of the tree from 1 on.
CheckSchema schema(std::vector<CheckNode> columns);
// The table that belongs to it: the same names and ids.
TableSchema table_of(const CheckSchema& checks);

class StringSink final : public columnar::ByteSink {
 public:
  explicit StringSink(size_t bytes_max = 1 << 30) : bytes_max_(bytes_max) {}
  bool append(std::string_view bytes) override;
  int64_t size_bytes() const override { return static_cast<int64_t>(bytes_.size()); }
  const std::string& bytes() const { return bytes_; }

 private:
  const size_t bytes_max_;
  std::string bytes_;
};

struct Judged {
  ValidationReport report;
  std::string table_file;  // what was sent and the tail; empty for bad files
};
// Judges in this process. Aborts on an Error.
Judged judge_bytes(std::string_view file, const CheckSchema& checks, size_t tail_bytes_max = 1 << 30);

// "CODE column [rows] found" for each violation.
std::vector<std::string> summary(const ValidationReport& report);

}  // namespace lakegate::validation::testing
