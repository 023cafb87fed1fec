#include "columnar/tail_test_support.h"

#include <fmt/core.h>

#include <cstdlib>
#include <utility>

#include "columnar/chunk_reader.h"
#include "columnar/parquet_test_support.h"
#include "columnar/tail_writer.h"

namespace lakegate::columnar::testing {
namespace {

class StringSink final : public ByteSink {
 public:
  bool append(std::string_view more) override { return bytes += more, true; }
  int64_t size_bytes() const override { return static_cast<int64_t>(bytes.size()); }
  std::string bytes;
};

template <class T>
T must(Checked<T> result) {
  if (result) return *std::move(result);
  fmt::print(stderr, "tail_test_support: {} found {}\n", result.error().column, result.error().found);
  std::abort();
}

}  // namespace

std::string with_tail(const std::string& sent, const TableSchema& table) {
  const FileDescriptor file = memory_file(sent);
  const auto size = static_cast<int64_t>(sent.size());
  MemoryBudget budget(64 << 20);
  Footer footer = must(read_footer(file.get(), size));
  std::vector<std::vector<ChunkFacts>> facts;
  for (const RowGroup& group : footer.metadata.row_groups) {
    std::vector<ChunkFacts>& chunks = facts.emplace_back();
    for (size_t i = 0; i < group.columns.size(); ++i) {
      ChunkReader reader(file.get(), *group.columns[i].meta_data, *footer.schema.leaves[i], budget);
      for (Batch batch; must(reader.next(batch));) {
      }
      chunks.push_back({.pages = reader.pages(), .null_count = 0, .integer_bounds = {}});
    }
  }
  StringSink sink;
  must(write_tail(file.get(), size, footer, facts, table, budget, sink));
  return sent + sink.bytes;
}

Column column(int32_t field_id, std::string name, TypeKind kind, std::vector<Column> children) {
  Column made{.field_id = field_id, .name = std::move(name), .kind = kind, .children = std::move(children)};
  made.table_name = made.name;
  return made;
}

}  // namespace lakegate::columnar::testing
