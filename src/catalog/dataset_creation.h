// Creating a dataset: its schema is mapped to a table and pinned once and for all, then dataset, field facts, pinned
// schema, Iceberg table, audit entry and event are stored together.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "catalog/dataset_fields.h"
#include "ledger/datasets.h"
#include "ledger/transaction.h"
#include "model/dataset.h"
#include "model/sight.h"
#include "model/table_state.h"
#include "xdm/resolver.h"

namespace lakegate::catalog {

// Who creates or changes, as the dataset names it.
struct Author {
  Sight scope;
  std::string user;
  std::string client;
  std::string request_id = {};  // for the audit trail
  std::string trace = {};       // W3C traceparent, for the event
};

// A dataset that passed all checks but is not stored.
struct DatasetDraft {
  Dataset dataset;                // its table name is the wish where it was not given
  bool table_name_given = false;  // by the client: taken as it is or not at all
  ledger::PinnedSchema pinned;
  std::vector<FieldFact> facts;
  TableState table;
  int64_t registry_changes = 0;  // ledger::registry_change_count when the schema was resolved
};

// No I/O, but the whole schema is mapped: keep it off the ledger's writer. `schema_invalid`: the schema makes no
// column, or a column or check that cannot be.
Result<DatasetDraft> prepare_dataset(const DatasetFields& fields, const xdm::ResolvedSchema& schema,
                                     const Author& author, Millis now, Random& random);

// Stores it; the dataset comes back with its table name. `dataset_name_taken`: a given table name is another living
// dataset's. `schema_reference_unknown`: the schema is gone since it was resolved; `conflict`: it may have changed,
// prepare again.
Result<Dataset> insert_dataset(Tx& tx, const DatasetDraft& draft, const Author& author);

}  // namespace lakegate::catalog
