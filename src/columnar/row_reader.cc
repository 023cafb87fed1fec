#include "columnar/row_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <utility>

#include "base/error_codes.h"
#include "columnar/footer.h"
#include "columnar/leaf_entries.h"
#include "columnar/memory_budget.h"
#include "columnar/row_assembler.h"
#include "columnar/row_value.h"

namespace lakegate::columnar {
namespace {

// As much as judging had for the same chunks, so that no good file takes too much.
constexpr int64_t decode_bytes_max = 256 << 20;
constexpr int64_t punctuation_bytes = 4;  // around a name

std::unexpected<Violation> unreadable(const FileNode& node) {
  return refuse(violations::type_unsupported, node.path, node.type_text(), "a type that a table's file can have");
}

// The columns to show, in the table's order and with its names where it knows their field ids.
class Planner {
 public:
  explicit Planner(const FileMetaData& metadata) : metadata_(metadata) {}

  int32_t field_id(const FileNode& node) const {
    return metadata_.schema[static_cast<size_t>(node.element)].field_id.value_or(0);
  }

  // `known`: null where the table's own columns are not known.
  Checked<std::vector<RowNode>> fields(const std::vector<FileNode>& nodes, const std::vector<Column>* known) const {
    struct Placed {
      std::pair<size_t, int32_t> place;  // in the table, in the file
      RowNode made;
    };
    std::vector<Placed> placed;
    for (const FileNode& node : nodes) {
      const size_t place = known == nullptr ? nodes.size() : find(*known, field_id(node));
      const bool found = known != nullptr && place < known->size();
      LG_ASSIGN(RowNode made, plan(node, found ? &(*known)[place] : nullptr));
      placed.push_back({{place, node.element}, std::move(made)});
    }
    std::ranges::sort(placed, {}, &Placed::place);
    std::vector<RowNode> made;
    for (Placed& one : placed) made.push_back(std::move(one.made));
    return made;
  }

 private:
  static size_t find(const std::vector<Column>& known, int32_t id) {
    return static_cast<size_t>(std::ranges::find(known, id, &Column::field_id) - known.begin());
  }

  Checked<RowNode> plan(const FileNode& node, const Column* column) const {
    RowNode made{.node = &node, .name = column != nullptr ? column->name : node.name};
    if (node.shape == FileShape::unreadable) return unreadable(node);
    if (node.shape == FileShape::primitive) {
      if (!is_readable(node)) return unreadable(node);
      return made;
    }
    if (node.shape == FileShape::structure) {
      LG_ASSIGN(made.children, fields(node.children, column != nullptr ? &column->children : nullptr));
      return made;
    }
    for (size_t i = 0; i < node.children.size(); ++i) {
      const bool known = column != nullptr && i < column->children.size();
      LG_ASSIGN(RowNode child, plan(node.children[i], known ? &column->children[i] : nullptr));
      made.children.push_back(std::move(child));
    }
    return made;
  }

  const FileMetaData& metadata_;
};

class FileRead {
 public:
  FileRead(int fd, const RowQuery& query) : fd_(fd), query_(query) {}

  Checked<FileRows> run(int64_t size_bytes) {
    LG_ASSIGN(const Footer footer, read_footer(fd_, size_bytes));
    LG_TRY(plan(footer));
    for (const RowGroup& group : footer.metadata.row_groups) {
      if (wanted() == 0 || answer_.is_cut) break;
      if (group.num_rows > 0) LG_TRY(read_group(footer.schema, group));
    }
    return std::move(answer_);
  }

 private:
  int64_t wanted() const { return query_.rows_max - static_cast<int64_t>(answer_.rows.size()); }

  Check plan(const Footer& footer) {
    const Planner planner(footer.metadata);
    LG_ASSIGN(columns_,
              planner.fields(footer.schema.columns, query_.table != nullptr ? &query_.table->columns : nullptr));
    if (!query_.columns.empty()) {
      std::erase_if(columns_, [&](const RowNode& column) {
        return std::ranges::find(query_.columns, column.name) == query_.columns.end();
      });
    }
    entry_bytes_.assign(footer.schema.leaves.size(), 0);
    for (const RowNode& column : columns_) {
      answer_.columns.push_back({planner.field_id(*column.node), column.name});
      count_names(column);
    }
    return {};
  }

  // A group's name counts with the first leaf below it.
  void count_names(const RowNode& column) {
    entry_bytes_[static_cast<size_t>(column.node->leaf_begin)] +=
        static_cast<int64_t>(column.name.size()) + punctuation_bytes;
    for (const RowNode& child : column.children) count_names(child);
  }

  Check read_group(const FileSchema& schema, const RowGroup& group) {
    RowRoom room(std::min(wanted(), group.num_rows), query_.bytes_max - answer_.bytes);
    const int64_t rows_there = room.rows();
    MemoryBudget budget(decode_bytes_max);
    std::vector<LeafEntries> entries(schema.leaves.size());
    for (const RowNode& column : columns_) {
      for (int32_t i = column.node->leaf_begin; i < column.node->leaf_end; ++i) {
        const auto leaf = static_cast<size_t>(i);
        LG_ASSIGN(entries[leaf], read_leaf(fd_, *group.columns[leaf].meta_data, *schema.leaves[leaf],
                                           entry_bytes_[leaf], room, budget));
      }
    }
    RowAssembler assembler(columns_, entries);
    for (int64_t row = 0; row < room.rows(); ++row) {
      LG_ASSIGN(boost::json::value made, assembler.next());
      answer_.rows.push_back(std::move(made));
    }
    answer_.bytes += room.bytes();
    answer_.is_cut = room.rows() < rows_there;
    return {};
  }

  const int fd_;
  const RowQuery& query_;
  std::vector<RowNode> columns_;
  std::vector<int64_t> entry_bytes_;  // by leaf: what an entry takes beside its value
  FileRows answer_;
};

std::unexpected<Error> refused(const Violation& wrong) {
  const bool too_large = wrong.code == violations::over_limit.id;
  return fail(too_large ? codes::too_large : codes::corrupt,
              "The stored file cannot be read{}{}: found {}, expected {}.", wrong.column.empty() ? "" : " at column ",
              wrong.column, wrong.found, wrong.expected);
}

}  // namespace

Result<FileRows> read_rows(int fd, int64_t size_bytes, const RowQuery& query) {
  try {
    Checked<FileRows> rows = FileRead(fd, query).run(size_bytes);
    if (!rows) return refused(rows.error());
    return *std::move(rows);
  } catch (const std::bad_alloc&) {
    return fail(codes::too_large, "Reading the file's first rows takes more than {} bytes of memory.",
                decode_bytes_max);
  } catch (const ReadFailure& failure) {
    return fail(codes::unavailable, "Reading the object at byte {} failed: {}.", failure.offset,
                std::strerror(failure.error_number));
  } catch (const std::exception& thrown) {
    return fail(codes::corrupt, "The stored file cannot be read: {}.", thrown.what());
  }
}

}  // namespace lakegate::columnar
