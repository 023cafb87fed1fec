// Tags of batches as rows, so that lists can be filtered by them; the batch itself keeps them as it was sent them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/list_sql.h"
#include "ledger/transaction.h"
#include "model/batch.h"
#include "model/sight.h"

namespace lakegate::ledger {

// Of Batch::tags_json: one row a value. A scalar is one value, as its JSON text (a text without quotes); other values
// leave none.
Status insert_tags(Tx& tx, const Batch& batch);
// The same where there were others.
Status replace_tags(Tx& tx, const Batch& batch);

// A condition for batches: they have the tag. True: few have it, and the condition names their ids.
Result<bool> add_tag_condition(ReadTx& tx, ListSql& sql, const Scope& scope, const TagFilter& tag);

struct TagValue {
  std::string key;
  std::string value;
};
// Values that batches and living datasets of the scope have under the key `space` or under one that begins with
// "space/": ascending, each once, at most `limit`.
Result<std::vector<TagValue>> tag_values(ReadTx& tx, const Sight& sight, std::string_view space, int64_t limit);

}  // namespace lakegate::ledger
