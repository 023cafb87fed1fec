// States of objects as a column.
#pragma once

#include <string_view>

#include "ledger/column_types.h"
#include "ledger/objects.h"

namespace lakegate::ledger {

inline std::string_view to_string(ObjectState state) {
  switch (state) {
    case ObjectState::writing: return "writing";
    case ObjectState::live: return "live";
    case ObjectState::condemned: return "condemned";
  }
  return "";
}

template <>
struct ColumnType<ObjectState> {
  using Stored = std::string;
  static bool from_stored(std::string_view stored, ObjectState& value) {
    for (const ObjectState state : {ObjectState::writing, ObjectState::live, ObjectState::condemned}) {
      if (to_string(state) != stored) continue;
      value = state;
      return true;
    }
    return false;
  }
};

}  // namespace lakegate::ledger
