// A ledger with two schemas, for tests of the Catalog: "schema" (altId "_alt.schema") with the columns id and text, and
// "empty" without any.
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "catalog/dataset_creation.h"
#include "ledger/ledger_test_support.h"
#include "ledger/resources.h"

namespace lakegate::catalog {

class CatalogWorld : public LedgerWorld {
 public:
  CatalogWorld();

  Author author() { return {.scope = Sight::whole(scope()), .user = "ann@acme", .client = "client"}; }
  DatasetDraft prepare(const char* document);
  // What POST /dataSets does with the document.
  Result<Dataset> create(const char* document);

  FakeClock clock{1'800'000'000'000};

 private:
  Result<DatasetDraft> try_prepare(const char* document);
  void insert_schema(const char* id, const char* alt_id, const char* document);

  SeededRandom random_{1};
};

}  // namespace lakegate::catalog
