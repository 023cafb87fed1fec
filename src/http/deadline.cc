#include "http/deadline.h"

#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace lakegate::http {

struct Deadline::State {
  boost::asio::steady_timer timer;
  std::function<void()> on_expiry;
  std::chrono::steady_clock::time_point at;  // while running
  bool running = false;
  bool expired = false;
  bool timer_set = false;
};

Deadline::Deadline(const boost::asio::any_io_executor& executor, std::function<void()> expired)
    : state_(std::make_shared<State>(boost::asio::steady_timer(executor), std::move(expired))) {}

Deadline::~Deadline() {
  state_->running = false;
  state_->on_expiry = nullptr;
  state_->timer.cancel();
}

void Deadline::start(Duration patience) {
  state_->running = true;
  state_->expired = false;
  state_->at = std::chrono::steady_clock::now() + patience;
  if (!state_->timer_set || state_->timer.expiry() > state_->at) wait(state_);
}

void Deadline::stop() { state_->running = false; }

bool Deadline::expired() const { return state_->expired; }

void Deadline::wait(const std::shared_ptr<State>& state) {
  state->timer.expires_at(state->at);  // an earlier wait ends with operation_aborted
  state->timer_set = true;
  state->timer.async_wait([state](const boost::system::error_code& error) {
    if (error) return;
    state->timer_set = false;
    if (!state->running) return;
    if (std::chrono::steady_clock::now() < state->at) {
      wait(state);
      return;
    }
    state->running = false;
    state->expired = true;
    state->on_expiry();
  });
}

}  // namespace lakegate::http
