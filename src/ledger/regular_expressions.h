// Regular expressions in SQL: `text REGEXP expression`, for lists that clients filter. RE2, so that no expression can
// take more than time linear in the text.
#pragma once

#include <string_view>

#include "base/result.h"

namespace soci {
class session;  // NOLINT(readability-identifier-naming): SOCI's name
}

namespace lakegate::ledger {

inline constexpr size_t regular_expression_bytes_max = 1'000;

// `list_parameter_invalid`: RE2 cannot take it, or would need much memory for it.
Status check_regular_expression(std::string_view expression);

// From now on the session's statements have REGEXP: a search, unanchored. An expression that was not checked finds
// nothing.
Status add_regular_expressions(soci::session& session);

}  // namespace lakegate::ledger
