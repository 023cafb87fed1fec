// DatasetFields: what of a dataset is the client's, read from the JSON in which it comes: a request's body, or the wire
// form after a change.
#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/dataset.h"

namespace lakegate::catalog {

inline constexpr size_t dataset_name_bytes_max = 512;
inline constexpr size_t dataset_description_bytes_max = 10'000;
inline constexpr size_t dataset_extra_bytes_max = 64 << 10;  // of the other fields as JSON text
inline constexpr size_t dataset_tags_max = 100;              // keys, and values of one key
inline constexpr size_t dataset_tag_bytes_max = 1'000;       // of one key or value

inline constexpr std::string_view table_name_tag = "adobe/pqs/table";

struct DatasetFields {
  std::string name;
  std::string description;
  ResourceId schema_id;                   // schemaRef.id, as the client wrote it: $id or altId
  std::string schema_content_type;        // a default where the client named none
  Tags tags;                              // without table_name_tag
  std::optional<std::string> table_name;  // the first value of table_name_tag
  boost::json::object extra;              // all other members that are not the server's own
};

// `name` and `schemaRef.id` must be there; null counts as absent. Members that the server sets (`created`, `version`,
// `imsOrg` …) are left out, so that what a GET answered can be sent back. `invalid_argument` names member, found and
// expected.
Result<DatasetFields> read_dataset_fields(const boost::json::object& document);

}  // namespace lakegate::catalog
