// What is remembered of each act on a dataset: an audit entry for the org, an event for those who follow the dataset.
#pragma once

#include <boost/json/object.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/dataset_creation.h"
#include "ledger/transaction.h"
#include "model/dataset.h"

namespace lakegate::catalog {

enum class DatasetAct { create, update, remove };

// Both in the transaction that does it: "dataset.create" in the audit trail, the event "dataset.created", and so on.
Status record_dataset_act(Tx& tx, const Dataset& dataset, DatasetAct act, Millis at, const Author& author,
                          const boost::json::object& detail);

}  // namespace lakegate::catalog
