// Changing a dataset: a client's change is made to the dataset's wire form, and what comes out of it is checked and
// stored like a new one.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/dataset_creation.h"
#include "catalog/dataset_fields.h"
#include "ledger/transaction.h"
#include "model/dataset.h"

namespace lakegate::catalog {

enum class ChangeForm {
  replace,     // PUT: members that are not there are gone
  merge,       // PATCH: named members; an array is a JSON Patch whatever its media type says
  deep_merge,  // PATCH of v2: members at any depth; an array likewise
};

// `shown`: the dataset as a GET shows it, without its id around it. `invalid_argument`, `conflict` (a `test`).
Result<boost::json::object> change_document(boost::json::object shown, const boost::json::value& change,
                                            ChangeForm form);

// The dataset with the client's fields as `fields` has them. `invalid_argument`: another schema or table name, which
// are fixed at creation, since files are judged by the one and readers know the other.
Result<Dataset> with_fields(Dataset dataset, const DatasetFields& fields);

// Stores it with an audit entry and an event; comes back with its new version. `precondition_failed`: it has changed
// since `changed` was read, which still carries the version that was.
Result<Dataset> store_change(Tx& tx, Dataset changed, const Author& author, Millis now);

}  // namespace lakegate::catalog
