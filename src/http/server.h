// Server: sockets, TLS, parsing, streaming and limits; knows no batch.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "http/router.h"
#include "http/settings.h"
#include "http/worker_pool.h"

namespace lakegate::http {

// What the transport itself has to say (malformed, too large, no such path, timeouts, busy) in the service's form.
// Called on a network thread: must not block. The request holds what was understood, its id always. Allow and
// Retry-After are added by the transport.
using RenderError = std::function<Response(const Error&, const Request&)>;

// Facts of one answered request, for metrics.
struct FinishedRequest {
  std::string_view method;
  std::string_view route;  // pattern; empty when none matched
  int status = 0;
  int64_t body_bytes_in = 0;
  int64_t body_bytes_out = 0;
  std::chrono::microseconds duration{};  // from the request's first byte to the answer's last
};

class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  // On a network thread, several at once: must not block.
  virtual void request_finished(const FinishedRequest& request) = 0;
};

// References outlive the server.
struct ServerParts {
  Router& router;
  WorkerPool& pool;
  Clock& clock;
  Random& random;
  RenderError render_error;
  RequestObserver* observer = nullptr;  // may be absent
};

class Server {
 public:
  // Listens and answers from here on. `invalid_argument`: an address that cannot be had, certificate files that
  // cannot be used; the message names the setting.
  static Result<std::unique_ptr<Server>> start(Settings settings, ServerParts parts);

  // As shut_down(), if that was not called.
  ~Server();

  uint16_t port() const;
  // "http://127.0.0.1:8080"; https with TLS.
  std::string base_url() const;
  size_t connections() const;

  // Stops listening, closes idle connections, lets running requests end within Settings::shutdown_grace, then cuts
  // the others off: their bodies end with `connection_closed`. Returns when every handler has returned and every
  // thread is joined. Call it from a thread that is neither the server's nor the pool's. Again: no effect.
  void shut_down();

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace lakegate::http
