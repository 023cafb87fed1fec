#include "objects/space_reserve.h"

#include <chrono>

#include "base/error_codes.h"

namespace lakegate {
namespace {

constexpr std::chrono::seconds until_room_was_made{30};

}  // namespace

Status SpaceReserve::check(int64_t more) const {
  if (bytes_ == 0 && more == 0) return {};
  LG_ASSIGN(const StoreSpace space, objects_.space());
  if (space.free_bytes - more >= bytes_) return {};
  Error full{&codes::no_space,
             fmt::format("The server's disk has {} bytes left, {} of them it keeps for its own work (setting "
                         "storage.reserve_bytes), and this request needs {} at least. Make room, then send it again; "
                         "nothing was changed.",
                         space.free_bytes, bytes_, more),
             until_room_was_made};
  return std::unexpected(std::move(full));
}

}  // namespace lakegate
