// How datasets follow a change of their schema: each keeps the resolved schema that it pinned until the change, and
// pins the next one in the transaction of the change itself, with new columns under new field ids. Batches that were
// created before stay with what they pinned.
#pragma once

#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/datasets.h"
#include "ledger/schema_moves.h"
#include "ledger/transaction.h"
#include "model/table_schema.h"
#include "xdm/resolver.h"

namespace lakegate::registry {

// One dataset's way from the schema that it pinned to the next one; not stored yet.
struct TableMove {
  ledger::SchemaUser dataset = {};
  ledger::PinnedSchema pinned = {};
  std::vector<FieldFact> facts = {};  // that are new
  TableSchema columns = {};
  int32_t last_field_id = 0;
  bool columns_differ = false;  // else only the checks do, and the table stays as it is

  size_t text_bytes() const;
};

// None: columns and checks stay as they are. Reads only; keep it off the ledger's writer.
// `schema_breaks_data`: the dataset holds data, and `next` is not what was pinned with additions; or nothing of it
// would make a column. The message names the field, what was and what would be, and the dataset.
Result<std::optional<TableMove>> plan_move(ReadTx& ledger, const ledger::SchemaUser& dataset,
                                           const xdm::ResolvedSchema& next, Millis now);

// `conflict`: the dataset or its table has moved since; plan again.
Status store_move(Tx& ledger, const TableMove& move, Millis now);

// `schema_breaks_data` where `next` is not `before` with additions; `user` ends the message's sentence: "the dataset
// …".
Status check_grows(const xdm::ResolvedSchema& before, const xdm::ResolvedSchema& next, std::string_view user);

}  // namespace lakegate::registry
