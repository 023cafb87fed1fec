#include "ledger/migration_2.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view statements[] = {
    "CREATE INDEX batch_active_since ON batch (completed) WHERE status = 'active'",
    "CREATE INDEX retired_batch ON retired (dataset_id, sequence_number) WHERE batch_id IS NOT NULL",
};

}  // namespace

std::span<const std::string_view> migration_2() { return statements; }

}  // namespace lakegate::ledger
