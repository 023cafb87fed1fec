#include "delivery/fake_receiver_test_support.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <stdexcept>
#include <utility>

namespace lakegate::delivery {

// Answers each message once, whatever the test does with it.
class FakeReceiver::OneSink final : public Sink {
 public:
  OneSink(FakeReceiver& receiver, std::string name) : receiver_(receiver), name_(std::move(name)) {}
  ~OneSink() override {
    std::vector<std::shared_ptr<Once>> open;
    {
      const std::lock_guard lock(receiver_.mutex_);
      open = open_;
      std::erase_if(receiver_.sent_, [&](const Sent& sent) { return sent.subscription == name_; });
    }
    for (const auto& once : open) once->answer({.kind = Outcome::Kind::retry, .reason = "ended"});
  }

  void send(const Message& message, Done done) override {
    auto once = std::make_shared<Once>(std::move(done));
    std::optional<Outcome> now;
    {
      const std::lock_guard lock(receiver_.mutex_);
      now = receiver_.at_once_;
      open_.push_back(once);
      if (!now) {
        receiver_.sent_.push_back({name_, message, [once](Outcome outcome) { once->answer(std::move(outcome)); }});
      }
    }
    receiver_.changed_.notify_all();
    if (now) once->answer(*std::move(now));
  }

 private:
  struct Once {
    explicit Once(Done given) : done(std::move(given)) {}
    void answer(Outcome outcome) {
      Done taken;
      {
        const std::lock_guard lock(mutex);
        taken.swap(done);
      }
      if (taken) taken(std::move(outcome));
    }
    std::mutex mutex;
    Done done;
  };

  FakeReceiver& receiver_;
  const std::string name_;
  std::vector<std::shared_ptr<Once>> open_;  // guarded by the receiver's mutex
};

Result<std::unique_ptr<Sink>> FakeReceiver::open(const ledger::Subscription& subscription) {
  return std::make_unique<OneSink>(*this, subscription.name);
}

FakeReceiver::Sent FakeReceiver::take(const std::string& subscription) {
  std::unique_lock lock(mutex_);
  auto found = sent_.end();
  const bool there = changed_.wait_for(lock, std::chrono::seconds(10), [&] {
    found = std::ranges::find(sent_, subscription, &Sent::subscription);
    return found != sent_.end();
  });
  if (!there) throw std::runtime_error("nothing was sent to " + subscription);
  Sent taken = std::move(*found);
  sent_.erase(found);
  return taken;
}

size_t FakeReceiver::waiting() const {
  const std::lock_guard lock(mutex_);
  return sent_.size();
}

void FakeReceiver::answer_at_once(Outcome outcome) {
  const std::lock_guard lock(mutex_);
  at_once_ = std::move(outcome);
}

}  // namespace lakegate::delivery
