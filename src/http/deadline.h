// Deadline: cuts short what a connection waits for.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace lakegate::http {

// One timer that is moved only when it fires too early, so that a deadline for each read costs next to nothing.
// Lives on one network thread.
class Deadline {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // `expired` is called on the executor while a started deadline runs out; never after destruction.
  Deadline(const boost::asio::any_io_executor& executor, std::function<void()> expired);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void start(Duration patience);
  void stop();
  // Whether the deadline started last ran out.
  bool expired() const;

 private:
  struct State;
  static void wait(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  // shared with the timer's callback, which may be under way when this goes
};

}  // namespace lakegate::http
