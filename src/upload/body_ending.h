// BodyEnding: lets another request end this one's body, whatever thread it is on, as long as this one's handler runs.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <utility>

#include "http/body_stream.h"

namespace lakegate::upload {

// Lives and dies on the handler's executor.
class BodyEnding {
 public:
  BodyEnding(http::asio::any_io_executor executor, http::BodyStream& body)
      : state_(std::make_shared<State>(State{std::move(executor), &body})) {}
  BodyEnding(BodyEnding&&) = default;
  BodyEnding& operator=(BodyEnding&&) = delete;
  ~BodyEnding() {
    if (state_) state_->body = nullptr;
  }

  // Thread-safe, any number of times, and harmless once the handler has returned.
  std::function<void()> with(Error reason) const;

 private:
  struct State {
    http::asio::any_io_executor executor;
    http::BodyStream* body;  // on the executor only; null once the handler has returned
  };
  std::shared_ptr<State> state_;
};

}  // namespace lakegate::upload
