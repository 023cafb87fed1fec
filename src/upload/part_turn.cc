#include "upload/part_turn.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <variant>

#include "http/run_on.h"
#include "ledger/files.h"
#include "model/error_codes.h"

namespace lakegate::upload {
namespace {

namespace asio = http::asio;

struct Place {
  ObjectKey object;
  PartAction action = PartAction::write;
};

Result<PartAction> decide(ReadTx& tx, const BatchFile& file, const ContentRange& part) {
  const std::optional<int64_t> total = file.complete ? std::optional(file.sent_bytes) : file.total_bytes;
  if (total && *total != part.total) {
    return fail(codes::content_range_total_changed,
                "Content-Range says that \"{}\" has {} bytes in all, earlier parts said {}. Send every part with the "
                "same total.",
                file.path, part.total, *total);
  }
  if (file.complete) return PartAction::compare;
  LG_ASSIGN(const std::optional<ByteRange> held, ledger::overlapping_range(tx, file.batch_id, file.number, part.range));
  if (!held) return PartAction::write;
  if (*held == part.range) return PartAction::compare;
  return fail(codes::range_overlap,
              "Bytes {} of \"{}\" overlap bytes {}, which are held. Send the missing ranges only, or that very range "
              "again.",
              to_string(part.range), file.path, to_string(*held));
}

Result<Place> find_place(ReadTx& tx, const FileAddress& address, const ContentRange& part) {
  LG_TRY(find_loading_batch(tx, address));
  const Result<BatchFile> file = ledger::find_file(tx, address.batch, address.path);
  if (!file && file.error().code->id == codes::file_not_found.id) {
    return fail(codes::file_not_initialized,
                "\"{}\" takes no parts yet: POST the same URL with ?action=INITIALIZE first.", address.path);
  }
  if (!file) return std::unexpected(file.error());
  if (!file->chunked) {
    return fail(codes::file_complete,
                "\"{}\" was sent whole ({} bytes). PUT it again to replace it, or send parts under another path.",
                file->path, file->sent_bytes);
  }
  LG_ASSIGN(const PartAction action, decide(tx, *file, part));
  return Place{file->object, action};
}

std::unexpected<Error> busy(const FileAddress& address, ByteRange theirs) {
  Error error{
      &codes::range_busy,
      fmt::format(
          "Another request is writing bytes {} of \"{}\" now. Wait for it, or repeat that very range to replace it.",
          to_string(theirs), address.path)};
  error.retry_after = std::chrono::seconds(1);
  return std::unexpected(std::move(error));
}

// Somebody else has this very range and was asked to give it up.
struct Occupied {
  ObjectKey object;
};

// Looks before it claims, so that a request that is wrong anyway disturbs nobody; looks again afterwards, because the
// claim's last holder may have made the range durable in between. Blocks.
Result<std::variant<PartTurn, Occupied>> attempt(Uploads& uploads, const FileAddress& address, const ContentRange& part,
                                                 const std::function<void()>& give_up) {
  const auto look = [&](ReadTx& tx) { return find_place(tx, address, part); };
  LG_ASSIGN(const Place first, uploads.ledger.read(look));
  auto claim = uploads.claims.claim(first.object, part.range, give_up);
  if (const auto* other = std::get_if<RangeClaims::Busy>(&claim)) {
    if (other->same_range) return Occupied{first.object};
    return busy(address, other->range);
  }
  LG_ASSIGN(const Place place, uploads.ledger.read(look));
  if (place.object != first.object) return busy(address, part.range);  // replaced a moment ago
  std::optional<UploadQuotas::Share> share;
  if (place.action == PartAction::write) {
    LG_TRY(uploads.reserve.check(part.range.size()));
    LG_ASSIGN(UploadQuotas::Room room, make_room(uploads, address, part.range.size(), false));
    if (room.share) share.emplace(*std::move(room.share));
  }
  LG_ASSIGN(auto writer, uploads.objects.resume(place.object));
  return PartTurn{std::get<RangeClaims::Claim>(std::move(claim)), place.action, std::move(writer), std::move(share)};
}

}  // namespace

asio::awaitable<Result<PartTurn>> take_turn(Uploads& uploads, const FileAddress& address, const ContentRange& part,
                                            std::function<void()> give_up) {
  const auto executor = co_await asio::this_coro::executor;
  const auto deadline = asio::steady_timer::clock_type::now() + uploads.limits.replace_patience;
  while (true) {
    LG_CO_ASSIGN(auto tried,
                 co_await http::run_on(uploads.pool, [&] { return attempt(uploads, address, part, give_up); }));
    if (auto* turn = std::get_if<PartTurn>(&tried)) co_return std::move(*turn);
    if (asio::steady_timer::clock_type::now() >= deadline) co_return busy(address, part.range);

    const auto freed = std::make_shared<asio::steady_timer>(executor, deadline);
    uploads.claims.when_free(std::get<Occupied>(tried).object, part.range,
                             [executor, freed] { asio::post(executor, [freed] { freed->cancel(); }); });
    boost::system::error_code either_way;
    co_await freed->async_wait(asio::redirect_error(asio::use_awaitable, either_way));
  }
}

}  // namespace lakegate::upload
