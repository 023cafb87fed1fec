#include "api/batch_wait.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>

#include "http/run_on.h"
#include "ledger/batches.h"

namespace lakegate::api {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

// On the request's network thread only, but for the pointer itself.
struct Bell {
  asio::steady_timer timer;
  bool rung = false;

  explicit Bell(const asio::any_io_executor& executor) : timer(executor) {}
  void ring() {
    rung = true;
    timer.cancel();
  }
};

// Until the bell rings, or `until`.
asio::awaitable<void> listen(Bell& bell, steady_clock::time_point until) {
  if (!bell.rung) {
    bell.timer.expires_at(until);
    boost::system::error_code either_way;
    co_await bell.timer.async_wait(asio::redirect_error(asio::use_awaitable, either_way));
  }
  bell.rung = false;
}

}  // namespace

asio::awaitable<Result<Waited>> wait_until_final(events::CommitWatch& watch, http::WorkerPool& pool, Ledger& ledger,
                                                 const Scope& scope, const BatchId& id, std::chrono::seconds patience) {
  const auto executor = co_await asio::this_coro::executor;
  const auto until = steady_clock::now() + patience;
  const auto bell = std::make_shared<Bell>(executor);
  const std::optional entry = watch.watch(id, [executor, bell] { asio::post(executor, [bell] { bell->ring(); }); });
  while (true) {
    LG_CO_ASSIGN(Batch batch, co_await http::run_on(pool, [&] {
                   return ledger.read([&](ReadTx& tx) { return ledger::find_batch(tx, scope, id); });
                 }));
    const bool over = is_final(batch.status) || watch.ended() || steady_clock::now() >= until;
    if (!entry || over) co_return Waited{std::move(batch), entry.has_value()};
    co_await listen(*bell, until);
  }
}

}  // namespace lakegate::api
