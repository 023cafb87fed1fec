// What `lakegate verify` prints.
#pragma once

#include <string>

#include "verify/verification.h"

namespace lakegate::verify {

// For people: a paragraph for each finding, then what was looked at and the sum.
std::string to_text(const VerifyReport& report, bool repair);

// One document; docs/verify.md has its members.
std::string to_json(const VerifyReport& report);

}  // namespace lakegate::verify
