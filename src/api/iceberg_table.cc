#include "api/iceberg_table.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/ascii.h"
#include "iceberg/table_metadata_json.h"
#include "ledger/tables.h"
#include "model/error_codes.h"
#include "objects/object_keys.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;
using iceberg::SnapshotsShown;

Result<SnapshotsShown> parse_snapshots(const http::Request& request) {
  const std::string_view text = request.query_value("snapshots").value_or("all");
  if (text == "all") return SnapshotsShown::all;
  if (text == "refs") return SnapshotsShown::refs;
  return fail(codes::list_parameter_invalid, "Parameter snapshots is \"{}\"; expected all or refs.", text);
}

// Both files' versions are in it: the answer changes when the metadata file follows.
std::string entity_tag(const TableState& table, const ledger::MetadataFile& file, SnapshotsShown shown) {
  return fmt::format("\"{}-{}-{}-{}\"", table.uuid, table.version, file.version,
                     shown == SnapshotsShown::all ? "all" : "refs");
}

std::string_view without_weakness(std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; }

}  // namespace

bool names_entity_tag(std::string_view field, std::string_view tag) {
  while (!field.empty()) {
    const size_t comma = field.find(',');
    const std::string_view one = ascii::trim(field.substr(0, comma));
    if (one == "*" || without_weakness(one) == without_weakness(tag)) return true;
    if (comma == std::string_view::npos) return false;
    field.remove_prefix(comma + 1);
  }
  return false;
}

Result<http::Response> load_iceberg_table(const IcebergRoutes& parts, const Dataset& dataset,
                                          const http::Request& request) {
  LG_ASSIGN(const SnapshotsShown shown, parse_snapshots(request));
  LG_ASSIGN(auto file, parts.ledger.read([&](ReadTx& tx) { return ledger::find_metadata_file(tx, dataset.id); }));
  if (!file) {
    LG_ASSIGN(file, parts.metadata_files.write(dataset.id));
  }
  LG_ASSIGN(const TableState table, parts.ledger.read([&](ReadTx& tx) { return ledger::load_table(tx, dataset.id); }));

  const std::string tag = entity_tag(table, *file, shown);
  const auto condition = request.header("If-None-Match");
  if (condition && names_entity_tag(*condition, tag)) {
    http::Response unchanged = http::Response::empty(304);
    unchanged.headers.set("ETag", tag);
    return unchanged;
  }

  const iceberg::Locate locate = [&](const ObjectKey& key) { return parts.objects.location(key); };
  const std::string location = locate(table_folder_key(dataset.scope.org, dataset.id));
  const json::object body{{"metadata-location", locate(file->object)},
                          {"metadata", iceberg::to_json(table, location, locate, shown)},
                          {"config", json::object()}};
  http::Response response = http::Response::text(200, "application/json", json::serialize(body));
  response.headers.set("ETag", tag);
  return response;
}

}  // namespace lakegate::api
