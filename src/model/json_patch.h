// JSON Patch (RFC 6902) and merges, on values in memory.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"

namespace lakegate {

inline constexpr size_t patch_operations_max = 1'000;
inline constexpr size_t patched_weight_max = 1 << 20;  // values and bytes of text: repeated `copy` doubles a document

// All operations in order, or none. Pointers are RFC 6901. `invalid_argument` names the operation and what it misses;
// `conflict`: a `test` does not hold.
Result<boost::json::value> apply_json_patch(boost::json::value document, const boost::json::array& patch);

// Each member of `change` replaces the one of that name; null removes it.
void merge_members(boost::json::object& document, const boost::json::object& change);

// The same at any depth (RFC 7396); lists are replaced.
void merge_deeply(boost::json::object& document, const boost::json::object& change);

}  // namespace lakegate
