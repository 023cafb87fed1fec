#include "catalog/catalog_test_support.h"

#include <boost/json/parse.hpp>

#include "catalog/dataset_fields.h"
#include "xdm/document.h"
#include "xdm/resolver.h"

namespace lakegate::catalog {

CatalogWorld::CatalogWorld() {
  insert_schema("schema", "_alt.schema", R"({"$id": "schema", "title": "s", "type": "object", "properties": {
    "id": {"type": "integer", "minimum": 0, "maximum": 1000}, "text": {"type": "string"}}, "required": ["id"]})");
  insert_schema("empty", "_alt.empty", R"({"$id": "empty", "title": "e", "type": "object"})");
}

void CatalogWorld::insert_schema(const char* id, const char* alt_id, const char* document) {
  ledger::Resource resource;
  resource.id = ResourceId(id);
  resource.alt_id = alt_id;
  resource.scope = scope();
  resource.container = "tenant";
  resource.type = "schemas";
  resource.title = id;
  resource.document = document;
  must(write([&](Tx& tx) { return ledger::insert_resource(tx, resource); }));
}

Result<DatasetDraft> CatalogWorld::try_prepare(const char* document) {
  LG_ASSIGN(const DatasetFields fields, read_dataset_fields(boost::json::parse(document).as_object()));
  LG_ASSIGN(const ledger::Resource resource,
            read([&](ReadTx& tx) { return ledger::find_resource(tx, scope(), fields.schema_id.text()); }));
  LG_ASSIGN(const xdm::JsonObject schema, xdm::parse_document(resource.document));
  xdm::Resolver resolver([](std::string_view) -> const xdm::JsonObject* { return nullptr; });
  LG_ASSIGN(const xdm::ResolvedSchema resolved, resolver.resolve(schema));
  return prepare_dataset(fields, resolved, author(), clock.now_ms(), random_);
}

DatasetDraft CatalogWorld::prepare(const char* document) { return must(try_prepare(document)); }

Result<Dataset> CatalogWorld::create(const char* document) {
  LG_ASSIGN(const DatasetDraft draft, try_prepare(document));
  return write([&](Tx& tx) { return catalog::insert_dataset(tx, draft, author()); });
}

}  // namespace lakegate::catalog
