#include "upload/body_ending.h"

#include <boost/asio/post.hpp>

namespace lakegate::upload {

std::function<void()> BodyEnding::with(Error reason) const {
  return [state = state_, reason = std::move(reason)] {
    http::asio::post(state->executor, [state, reason] {
      if (state->body != nullptr) state->body->cancel(reason);
    });
  };
}

}  // namespace lakegate::upload
