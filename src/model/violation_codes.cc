#include "model/violation_codes.h"

#include <algorithm>
#include <array>

namespace lakegate {
namespace {

constexpr std::array codes = {
    violations::empty_file,        violations::corrupt,
    violations::not_parquet,       violations::checksum_mismatch,
    violations::counts_mismatch,   violations::encrypted,
    violations::duplicate_column,  violations::statistics_mismatch,
    violations::codec_unsupported, violations::format_unsupported,
    violations::over_limit,        violations::unknown_column,
    violations::type_mismatch,     violations::type_unsupported,
    violations::required_missing,  violations::text_invalid,
    violations::out_of_range,      violations::length_invalid,
    violations::pattern_mismatch,  violations::not_allowed,
    violations::time_out_of_range, violations::item_count,
    violations::items_repeated,    violations::map_key_invalid,
    violations::judge_crashed,     violations::judge_timeout,
    violations::judge_misbehaved,
};

}  // namespace

std::span<const ViolationCode> all_violation_codes() { return codes; }

const ViolationCode* find_violation_code(std::string_view id) {
  const auto found = std::ranges::find(codes, id, &ViolationCode::id);
  return found == codes.end() ? nullptr : &*found;
}

}  // namespace lakegate
