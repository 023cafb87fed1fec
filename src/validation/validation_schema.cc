#include "validation/validation_schema.h"

#include <fmt/core.h>
#include <xxhash.h>

#include <utility>

namespace lakegate::validation {

std::shared_ptr<const ValidationSchema> ValidationSchema::make(std::string check_json, std::string table_json) {
  const std::string both = fmt::format("{}:{}{}", check_json.size(), check_json, table_json);
  const XXH128_hash_t hash = XXH3_128bits(both.data(), both.size());
  return std::make_shared<const ValidationSchema>(ValidationSchema{
      std::move(check_json), std::move(table_json), fmt::format("{:016x}{:016x}", hash.high64, hash.low64)});
}

}  // namespace lakegate::validation
