// What a file is judged against, in the form in which the ledger pins it and worker processes are given it.
#pragma once

#include <memory>
#include <string>

namespace lakegate::validation {

// Immutable; share one among the requests of a dataset's schema version, since making one hashes the texts.
struct ValidationSchema {
  std::string check_json;  // model/check_schema_json.h
  std::string table_json;  // model/table_schema_json.h
  std::string hash;        // of both; workers cache compiled checks by it

  static std::shared_ptr<const ValidationSchema> make(std::string check_json, std::string table_json);
};

}  // namespace lakegate::validation
