// FieldFact: which field id and table name a path of a dataset has. Append-only: once allotted, never changed or
// taken back.
#pragma once

#include <cstdint>
#include <string>

namespace lakegate {

struct FieldFact {
  std::string path;        // the mapping's (xdm/) own spelling, unique in the dataset
  int32_t field_id = 0;    // unique in the dataset, never reused
  std::string table_name;  // as readers see the field

  bool operator==(const FieldFact&) const = default;
};

}  // namespace lakegate
