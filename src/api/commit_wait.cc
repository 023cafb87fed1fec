#include "api/commit_wait.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>

namespace lakegate::api {

namespace asio = boost::asio;

struct CommitWait::Bell {
  asio::steady_timer timer;        // on the request's network thread only
  std::atomic<bool> rung = false;  // what came after the first ring needs no post of its own

  explicit Bell(const asio::any_io_executor& executor) : timer(executor) {}

  static void ring(const std::shared_ptr<Bell>& bell) {
    if (bell->rung.exchange(true)) return;
    asio::post(bell->timer.get_executor(), [bell] { bell->timer.cancel(); });
  }
};

CommitWait CommitWait::for_end(events::CommitWatch& watch, const asio::any_io_executor& executor,
                               const BatchId& batch) {
  auto bell = std::make_shared<Bell>(executor);
  return {bell, watch.watch(batch, [bell](const Wake* moved) {
            if (moved == nullptr || is_final(moved->status)) Bell::ring(bell);
          })};
}

CommitWait CommitWait::for_events(events::CommitWatch& watch, const asio::any_io_executor& executor,
                                  SandboxNumber sandbox) {
  auto bell = std::make_shared<Bell>(executor);
  return {bell, watch.watch(sandbox, [bell](const Wake*) { Bell::ring(bell); })};
}

asio::awaitable<void> CommitWait::until_told(std::chrono::steady_clock::duration patience) {
  if (!entry_ || bell_->rung.exchange(false)) co_return;
  bell_->timer.expires_after(patience);
  boost::system::error_code either_way;
  co_await bell_->timer.async_wait(asio::redirect_error(asio::use_awaitable, either_way));
  bell_->rung = false;
}

}  // namespace lakegate::api
