// `lakegate verify`.
#pragma once

#include <filesystem>

namespace lakegate::verify {

struct VerifyCommand {
  std::filesystem::path folder;
  bool quick = false;
  bool repair = false;
  bool json = false;
};

inline constexpr int damage_found = 5;

// Prints the report on standard output, progress on standard error where that is a terminal. Gives the exit status: 0
// sound (leftovers are no damage), `damage_found`, 1 where the check was not possible.
int run_verify(const VerifyCommand& command);

}  // namespace lakegate::verify
