#include "http/server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "base/error_codes.h"
#include "base/log.h"
#include "http/session.h"
#include "http/tls.h"

namespace lakegate::http {
namespace {

using tcp = asio::ip::tcp;

// Connections over the limit that are told so; still more wait in the kernel's queue.
constexpr size_t refused_connections_max = 64;
constexpr std::chrono::milliseconds accept_pause{20};

// A thread with an event loop of its own: what belongs to a connection never meets another thread, so nothing
// here needs a lock.
struct NetworkThread {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::set<Session*> sessions;  // touched on `thread` only
  std::thread thread;
};

}  // namespace

struct Server::State {
  SharedState shared;
  std::vector<std::unique_ptr<NetworkThread>> threads;
  std::unique_ptr<tcp::acceptor> acceptor;  // lives on the first thread
  tcp::endpoint endpoint;
  std::mutex mutex;
  std::condition_variable connection_ended;
  bool shut_down = false;

  State(Settings settings, ServerParts parts) : shared{std::move(settings), std::move(parts), nullptr, {}} {}

  Status listen();
  void start_threads();
  asio::awaitable<void> accept();
  asio::awaitable<void> serve(NetworkThread& thread, tcp::socket socket, bool refuse);
  void on_every_session(void (Session::*act)());
  bool wait_until_idle(std::chrono::milliseconds patience);
};

Status Server::State::listen() {
  const Settings& settings = shared.settings;
  error_code error;
  tcp::resolver resolver(threads.front()->context);
  const auto found = resolver.resolve(settings.address, std::to_string(settings.port),
                                      tcp::resolver::passive | tcp::resolver::numeric_service, error);
  if (error || found.empty()) {
    return fail(codes::invalid_argument, "The address '{}' to listen on is not known here: {}.", settings.address,
                error.message());
  }
  endpoint = found.begin()->endpoint();
  acceptor = std::make_unique<tcp::acceptor>(threads.front()->context);
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(tcp::acceptor::max_listen_connections, error);
  if (!error) endpoint = acceptor->local_endpoint(error);
  if (error) {
    return fail(codes::invalid_argument, "Cannot listen on {}:{}: {}. Choose another address or port.",
                settings.address, settings.port, error.message());
  }
  return {};
}

void Server::State::start_threads() {
  asio::co_spawn(threads.front()->context, accept(), asio::detached);
  for (const auto& each : threads) {
    each->thread = std::thread([&context = each->context] { context.run(); });
  }
}

asio::awaitable<void> Server::State::accept() {
  asio::steady_timer pause(threads.front()->context);
  for (size_t turn = 0; !shared.stopping; ++turn) {
    NetworkThread& thread = *threads[turn % threads.size()];
    tcp::socket socket(thread.context);
    error_code error = asio::error::no_descriptors;
    if (shared.connections < shared.settings.connections_max + refused_connections_max) {
      co_await acceptor->async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
    }
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return;
    if (error) {
      // Full, out of descriptors, or the client left meanwhile: others wait in the kernel's queue.
      pause.expires_after(accept_pause);
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    error_code ignored;  // it has left already: the first read tells
    socket.set_option(tcp::no_delay(true), ignored);
    socket.native_non_blocking(true, ignored);
    const bool refuse = ++shared.connections > shared.settings.connections_max;
    asio::co_spawn(thread.context, serve(thread, std::move(socket), refuse), asio::detached);
  }
}

asio::awaitable<void> Server::State::serve(NetworkThread& thread, tcp::socket socket, bool refuse) {
  try {
    auto connection =
        shared.tls ? Connection::tls(std::move(socket), *shared.tls) : Connection::plain(std::move(socket));
    Session session(shared, std::move(connection), refuse);
    thread.sessions.insert(&session);
    std::exception_ptr failure;
    try {
      co_await session.run();
    } catch (...) {
      failure = std::current_exception();
    }
    thread.sessions.erase(&session);
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& thrown) {
    log::error("A connection failed", {{"cause", thrown.what()}});
  }
  const std::lock_guard lock(mutex);
  --shared.connections;
  connection_ended.notify_all();
}

void Server::State::on_every_session(void (Session::*act)()) {
  for (const auto& each : threads) {
    asio::post(each->context, [&sessions = each->sessions, act] {
      for (Session* session : sessions) (session->*act)();
    });
  }
}

bool Server::State::wait_until_idle(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex);
  return connection_ended.wait_for(lock, patience, [this] { return shared.connections == 0; });
}

Result<std::unique_ptr<Server>> Server::start(Settings settings, ServerParts parts) {
  if (settings.tls_certificate_file.empty() != settings.tls_key_file.empty()) {
    return fail(codes::invalid_argument, "TLS needs both files: a certificate and a key; only one of them is set.");
  }
  auto state = std::make_unique<State>(std::move(settings), std::move(parts));
  const Settings& set = state->shared.settings;
  if (!set.tls_key_file.empty()) {
    LG_ASSIGN(state->shared.tls, make_tls_context(set.tls_certificate_file, set.tls_key_file));
  }
  for (size_t i = 0; i < std::max<size_t>(set.network_threads, 1); ++i) {
    state->threads.push_back(std::make_unique<NetworkThread>());
  }
  LG_TRY(state->listen());
  auto server = std::unique_ptr<Server>(new Server(std::move(state)));
  const std::string url = server->base_url();
  server->state_->shared.own_host = url.substr(url.find("//") + 2);
  server->state_->start_threads();
  return server;
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() { shut_down(); }

uint16_t Server::port() const { return state_->endpoint.port(); }

std::string Server::base_url() const {
  const Settings& settings = state_->shared.settings;
  std::string host = settings.address;
  if (state_->endpoint.address().is_unspecified()) host = state_->endpoint.address().is_v6() ? "::1" : "127.0.0.1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return fmt::format("{}://{}:{}", state_->shared.tls ? "https" : "http", host, port());
}

size_t Server::connections() const { return state_->shared.connections; }

void Server::shut_down() {
  if (std::exchange(state_->shut_down, true)) return;
  state_->shared.stopping = true;
  asio::post(state_->threads.front()->context, [state = state_.get()] {
    error_code ignored;
    state->acceptor->close(ignored);
  });
  state_->on_every_session(&Session::stop);
  bool idle = state_->wait_until_idle(state_->shared.settings.shutdown_grace);
  while (!idle) {
    state_->on_every_session(&Session::cut);
    idle = state_->wait_until_idle(std::chrono::seconds(1));
  }
  for (const auto& each : state_->threads) {
    each->work.reset();  // nothing is under way any more, so the loop ends by itself
    each->thread.join();
  }
}

}  // namespace lakegate::http
