// Round: one commit of a table, which is one snapshot.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "model/ids.h"
#include "model/table_state.h"

namespace lakegate {

// A round has one kind: readers that follow a table step by step skip or refuse those that are not appends.
enum class RoundKind { append, remove, overwrite };

inline constexpr std::array all_round_kinds = {RoundKind::append, RoundKind::remove, RoundKind::overwrite};

// Iceberg's word for it, the summary's `operation`: append, delete, overwrite.
std::string_view to_string(RoundKind kind);

struct Round {
  RoundKind kind = RoundKind::append;
  Snapshot snapshot = {};
  std::vector<BatchId> batches = {};  // those that changed their state with it
  bool more = false;                  // append: staged batches are left over for the next round
};

}  // namespace lakegate
