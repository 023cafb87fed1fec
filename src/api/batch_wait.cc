#include "api/batch_wait.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace lakegate::api {

namespace asio = boost::asio;

// On the request's network thread only, but for the pointer itself.
struct BatchWait::Bell {
  asio::steady_timer timer;
  bool rung = false;

  explicit Bell(const asio::any_io_executor& executor) : timer(executor) {}
  void ring() {
    rung = true;
    timer.cancel();
  }
};

BatchWait::BatchWait(events::CommitWatch& watch, const asio::any_io_executor& executor, const BatchId& batch)
    : bell_(std::make_shared<Bell>(executor)), entry_(watch.watch(batch, [executor, bell = bell_](const Wake* moved) {
        if (moved != nullptr && !is_final(moved->status)) return;
        asio::post(executor, [bell] { bell->ring(); });
      })) {}

asio::awaitable<void> BatchWait::until_final(std::chrono::seconds patience) {
  if (!entry_ || bell_->rung) co_return;
  bell_->timer.expires_after(patience);
  boost::system::error_code either_way;
  co_await bell_->timer.async_wait(asio::redirect_error(asio::use_awaitable, either_way));
}

}  // namespace lakegate::api
