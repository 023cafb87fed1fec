#include "objects/object_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace lakegate {
namespace {

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool is_key_part(std::string_view part) {
  return !part.empty() && part.front() != '.' && std::ranges::all_of(part, is_key_character);
}

}  // namespace

ObjectKey new_data_key(OrgNumber org, const DatasetId& dataset, Random& random, Millis now) {
  return ObjectKey(fmt::format("{}/{}/data/{}/{}.parquet", org, dataset, random.hex(2), random.ulid(now)));
}

ObjectKey new_avro_key(OrgNumber org, const DatasetId& dataset, Random& random, Millis now) {
  return metadata_key(org, dataset, random.ulid(now) + ".avro");
}

ObjectKey metadata_key(OrgNumber org, const DatasetId& dataset, std::string_view name) {
  assert(is_key_part(name));
  return ObjectKey(fmt::format("{}/{}/metadata/{}", org, dataset, name));
}

ObjectKey table_folder_key(OrgNumber org, const DatasetId& dataset) {
  return ObjectKey(fmt::format("{}/{}", org, dataset));
}

std::optional<ObjectKey> key_of_location(std::string_view location, const ObjectKey& table_folder) {
  const size_t found = location.rfind(fmt::format("/{}/", table_folder));
  if (found == std::string_view::npos) return std::nullopt;
  ObjectKey key(std::string(location.substr(found + 1)));
  if (!is_object_key(key)) return std::nullopt;
  return key;
}

bool is_object_key(const ObjectKey& key) {
  std::string_view rest = key.text();
  if (rest.size() > object_key_bytes_max) return false;
  while (true) {
    const size_t slash = rest.find('/');
    if (!is_key_part(rest.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace lakegate
