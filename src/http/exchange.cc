#include "http/exchange.h"

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <ranges>
#include <span>
#include <utility>
#include <variant>

#include "base/error_codes.h"
#include "base/log.h"
#include "http/response_writer.h"
#include "http/run_on.h"
#include "model/error_codes.h"

namespace lakegate::http {
namespace {

constexpr int64_t body_bytes_at_first = 16 * 1024;

Error busy() {
  return {&codes::overloaded, "The server has as much work waiting as it takes; send the request again in a moment.",
          std::chrono::seconds(1)};
}

}  // namespace

Exchange::Exchange(SharedState& shared, Connection& connection, ReadBuffer& buffer)
    : shared_(shared), connection_(connection), buffer_(buffer), start_(std::chrono::steady_clock::now()) {
  request_.id = shared.parts.random.ulid(shared.parts.clock.now_ms());
  request_.peer = connection.peer();
  request_.scheme = shared.tls ? "https" : "http";
}

asio::awaitable<Afterwards> Exchange::answer(const Framing& framing) {
  if (request_.host.empty()) request_.host = shared_.own_host;
  request_.trace = continue_trace(request_.headers, shared_.parts.random);
  SocketBody body(connection_, buffer_, shared_.parts.pool, shared_.settings, request_, framing);
  const Response response = co_await respond(body);
  const bool in_step = body.ended() || body.worth_finishing(shared_.settings.unread_body_bytes_max);
  const bool framed = response.body_bytes().has_value() || request_.http_1_1;
  const bool keep = framing.keep_alive && !response.close && in_step && framed && !shared_.stopping;
  const bool sent = co_await send(response, keep);
  report(response, body.received());
  if (!sent) co_return Afterwards::broken;
  if (!keep) co_return body.ended() ? Afterwards::close : Afterwards::close_after_rest;
  co_return co_await body.finish() ? Afterwards::next_request : Afterwards::close;
}

asio::awaitable<Afterwards> Exchange::refuse(const Error& error) {
  const Response response = render(error, {});
  const bool sent = co_await send(response, false);
  report(response, 0);
  co_return sent ? Afterwards::close_after_rest : Afterwards::broken;
}

asio::awaitable<Response> Exchange::respond(SocketBody& body) {
  std::string allowed;
  const Result<const Router::Route*> route = shared_.parts.router.match(request_, allowed);
  if (!route) co_return render(route.error(), allowed);
  std::string failure;
  try {
    if (const auto* handler = std::get_if<Handler>(&(*route)->handler)) co_return co_await run_handler(*handler, body);
    if (shared_.parts.pool.full()) co_return render(busy(), {});
    co_return co_await std::get<StreamHandler>((*route)->handler)(request_, body);
  } catch (const std::exception& thrown) {
    failure = thrown.what();
  }
  co_return render_failure(failure);
}

asio::awaitable<Response> Exchange::run_handler(const Handler& handler, SocketBody& body) {
  BodyShare share(shared_);
  const Status read = co_await read_whole_body(body, share);
  if (!read) co_return render(read.error(), {});
  std::optional<Response> response;
  const bool accepted = co_await try_run_job(shared_.parts.pool, [&] {
    const log::Context context({{"request_id", request_.id}, {"trace_id", request_.trace.trace_id}});
    response = handler(request_);
  });
  if (!accepted) co_return render(busy(), {});
  co_return std::move(*response);
}

// Memory grows with what has come, not with what was announced.
asio::awaitable<Status> Exchange::read_whole_body(SocketBody& body, BodyShare& share) {
  const int64_t bytes_max = shared_.settings.body_bytes_max;
  body.limit_to(bytes_max,
                {&codes::body_too_large,
                 fmt::format("The body has more than {} bytes, which is the most that this path accepts.", bytes_max)});
  std::string& text = request_.body;
  while (!body.ended()) {
    const auto held = static_cast<int64_t>(text.size());
    const int64_t announced = body.length().value_or(bytes_max + 1);
    const int64_t room = std::min(std::max(body_bytes_at_first, held), std::max<int64_t>(announced - held, 1));
    if (!share.grow_to(held + room)) co_return std::unexpected(busy());
    text.resize(static_cast<size_t>(held + room));
    const auto free = std::as_writable_bytes(std::span(text)).subspan(static_cast<size_t>(held));
    const Result<size_t> got = co_await body.read(free);
    text.resize(static_cast<size_t>(held) + got.value_or(0));
    if (!got) co_return std::unexpected(got.error());
  }
  co_return Status();
}

asio::awaitable<bool> Exchange::send(const Response& response, bool keep_alive) {
  ResponseWriter writer(connection_, shared_.parts.pool, shared_.settings);
  try {
    const Written written = co_await writer.write(request_, response, keep_alive, shared_.parts.clock.now_ms());
    body_bytes_out_ = written.body_bytes;
    co_return written.complete;
  } catch (const std::exception& thrown) {  // of a body's source: the answer has begun, so it can only be cut off
    log::error("An answer was cut off",
               {{"request_id", request_.id}, {"route", request_.route}, {"cause", thrown.what()}});
  }
  co_return false;
}

Response Exchange::render(const Error& error, const std::string& allowed) const {
  Response response = shared_.parts.render_error(error, request_);
  if (!allowed.empty()) response.headers.set("allow", allowed);
  if (error.retry_after) response.headers.set("retry-after", std::to_string(error.retry_after->count()));
  return response;
}

Response Exchange::render_failure(std::string_view what) const {
  log::error(
      "A handler failed",
      {{"request_id", request_.id}, {"trace_id", request_.trace.trace_id}, {"route", request_.route}, {"cause", what}});
  return render({&codes::internal,
                 fmt::format("The server failed on this request; its log has the cause under {}.", request_.id)},
                {});
}

void Exchange::report(const Response& response, int64_t bytes_in) {
  const auto duration =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start_);
  if (shared_.settings.access_log) write_access_line(response, bytes_in, duration);
  if (shared_.parts.observer == nullptr) return;
  shared_.parts.observer->request_finished(
      {request_.method, request_.route, response.status, bytes_in, body_bytes_out_, duration});
}

// Without the query, which may hold a secret.
void Exchange::write_access_line(const Response& response, int64_t bytes_in, std::chrono::microseconds duration) const {
  const std::array own = {log::Field("method", request_.method),
                          log::Field("route", request_.route),
                          log::Field("path", request_.path),
                          log::Field("status", response.status),
                          log::Field("bytes_in", bytes_in),
                          log::Field("bytes_out", body_bytes_out_),
                          log::Field("duration_ms", static_cast<double>(duration.count()) / 1000),
                          log::Field("client", request_.peer_address()),
                          log::Field("request_id", request_.id),
                          log::Field("trace_id", request_.trace.trace_id),
                          log::Field("span_id", request_.trace.span_id),
                          log::Field("parent_id", request_.trace.parent_id)};
  std::array<log::Field, own.size() + Response::notes_max> fields;
  auto end = std::ranges::copy(own, fields.begin()).out;
  for (const Note& note : response.notes | std::views::take(Response::notes_max)) *end++ = {note.name, note.value};
  log::write(log::Level::info, "request", std::span(fields.begin(), end));
}

}  // namespace lakegate::http
