#include "ledger/ledger_copy.h"

#include <memory>
#include <string>

#include "base/error_codes.h"
#include "ledger/connection.h"

namespace lakegate::ledger {

Status copy_ledger(const std::filesystem::path& file, const std::filesystem::path& copy) {
  if (std::filesystem::exists(copy)) return fail(codes::conflict, "{} exists already", copy.string());
  if (copy.string().find('\'') != std::string::npos) {
    return fail(codes::invalid_argument, "The path {} has an apostrophe; choose another one", copy.string());
  }
  LG_ASSIGN(const std::unique_ptr<Connection> connection, Connection::open(file, Connection::Access::checkpoint));
  return connection->run("VACUUM INTO '" + copy.string() + "'");
}

}  // namespace lakegate::ledger
