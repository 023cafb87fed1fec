#include "events/feed.h"

#include <fmt/format.h>

#include <charconv>

#include "base/sha256.h"
#include "events/error_codes.h"
#include "ledger/datasets.h"
#include "model/error_codes.h"

namespace lakegate::events {
namespace {

constexpr size_t check_digits = 8;

std::string check_of(std::string_view sandbox_id, int64_t position) {
  return sha256_hex(fmt::format("{} {}", sandbox_id, position)).substr(0, check_digits);
}

}  // namespace

std::string feed_cursor(std::string_view sandbox_id, int64_t position) {
  return fmt::format("{}-{}", position, check_of(sandbox_id, position));
}

Result<int64_t> parse_feed_cursor(std::string_view sandbox_id, std::string_view text) {
  int64_t position = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (error == std::errc() && position >= 0 && feed_cursor(sandbox_id, position) == text) return position;
  return fail(codes::event_cursor_invalid,
              "\"{}\" is no cursor of this sandbox's events. Send one as the feed gave it, 0 for all that are kept, or "
              "\"now\".",
              text.substr(0, 100));
}

Result<FeedPage> read_feed(ReadTx& tx, const Sight& sight, const ledger::EventQuery& query) {
  LG_ASSIGN(const int64_t newest, ledger::newest_position(tx, sight));
  if (query.after > newest) {
    return fail(codes::event_cursor_invalid,
                "The cursor is of an event that this server does not have: an earlier copy of its data was put back. "
                "Read again from a cursor of before, or from 0.");
  }
  FeedPage feed;
  LG_ASSIGN(feed.page, ledger::list_scope_events(tx, sight, query));
  if (query.after == 0) return feed;
  LG_ASSIGN(const int64_t removed, ledger::removed_position(tx, sight));
  if (removed > query.after) feed.removed = removed;
  return feed;
}

Status check_datasets(ReadTx& tx, const Sight& sight, std::span<const DatasetId> datasets) {
  for (const DatasetId& id : datasets) {
    const Result<Dataset> dataset = ledger::get_dataset(tx, id);
    if (!dataset && dataset.error().kind() != ErrorKind::not_found) return std::unexpected(dataset.error());
    const Scope& own = sight;
    if (!dataset || dataset->scope != own || !sight.sees(id)) {
      return fail(codes::dataset_not_found, "There is no dataset {} here.", id);
    }
    LG_TRY(sight.check(id));
  }
  return {};
}

}  // namespace lakegate::events
