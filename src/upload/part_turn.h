// PartTurn: a part's claim on its range, and what is to be done with its bytes once it has it.
#pragma once

#include <functional>
#include <memory>

#include "http/body_stream.h"
#include "upload/content_range.h"
#include "upload/uploads.h"

namespace lakegate::upload {

enum class PartAction {
  write,    // nothing is held there
  compare,  // these bytes are durable
};

struct PartTurn {
  RangeClaims::Claim claim;
  PartAction action = PartAction::write;
  std::unique_ptr<ObjectWriter> writer;          // of the file's object, for reading too
  std::optional<UploadQuotas::Share> room = {};  // set aside for the bytes, where a quota is about them
};

// On the connection's thread. Waits while another request gives up this very range, for Limits::replace_patience at
// most. `give_up`: see RangeClaims::claim; called when yet another request takes this one's place. Every error leaves
// other requests and what is held undisturbed.
http::asio::awaitable<Result<PartTurn>> take_turn(Uploads& uploads, const FileAddress& address,
                                                  const ContentRange& part, std::function<void()> give_up);

}  // namespace lakegate::upload
