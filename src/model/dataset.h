// Dataset: a named place for batches, with the schema that it pinned and one Iceberg table.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"

namespace lakegate {

using Tags = std::map<std::string, std::vector<std::string>>;

struct Dataset {
  DatasetId id;
  ViewId view_id;
  Scope scope;
  std::string name;
  std::string description;
  ResourceId schema_id;
  std::string schema_content_type;  // schemaRef.contentType as the client wrote it
  int64_t schema_version = 0;       // counts the resolved schemas that the dataset pinned, from 1
  std::string extra_json = "{}";    // the client's other fields (fileDescription, classification, …), an object
  Tags tags;
  std::string table_name;  // in the Iceberg catalog; unique lower-cased per sandbox
  bool deleted = false;
  Millis created = 0;
  Millis updated = 0;
  std::string created_user;
  std::string updated_user;
  std::string created_client;
  int64_t version = 0;  // last digit of the wire's 1.0.n
};

}  // namespace lakegate
