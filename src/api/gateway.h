// Gateway: the door of every route that needs a known client. It establishes an Identity or refuses before any body
// byte is read.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>

#include "auth/identity.h"
#include "base/result.h"
#include "http/body_stream.h"
#include "http/request.h"
#include "http/response.h"
#include "http/router.h"
#include "http/server.h"
#include "http/worker_pool.h"
#include "objects/space_reserve.h"

namespace lakegate::auth {
class Authenticator;
class RequestRate;
}  // namespace lakegate::auth

namespace lakegate::api {

// Wraps handlers for Router::add and add_stream. A handler's Error becomes the answer through `problem` (or the given
// form), so that handlers can use LG_ASSIGN. Thread-safe; the references outlive every wrapped handler.
class Gateway {
 public:
  using Handler = std::function<Result<http::Response>(const http::Request&, const auth::Identity&)>;
  // The three references live until the coroutine returns.
  using StreamHandler = std::function<boost::asio::awaitable<Result<http::Response>>(http::Request&, http::BodyStream&,
                                                                                     const auth::Identity&)>;

  Gateway(const auth::Authenticator& authenticator, auth::RequestRate& rate, http::WorkerPool& pool,
          const SpaceReserve& reserve)
      : authenticator_(authenticator), rate_(rate), pool_(pool), reserve_(reserve) {}

  // Every /data/foundation route. Checks in this order, contract/auth.md "Gateway errors": Authorization (scheme in any
  // case), x-api-key, x-gw-ims-org-id, the client's rate,
  // x-sandbox-name (default "prod").
  http::Handler authorised(Handler handler) const;
  http::StreamHandler authorised_stream(StreamHandler handler) const;

  // `authorised`, for what is created and stays: `no_space` where the disk has no room but the reserve.
  http::Handler creating(Handler handler) const;

  // /iceberg: the bearer token alone; the org is the token's, the sandbox is x-sandbox-name or "prod". `render` gives
  // errors that interface's own form, refusals of the door included.
  http::Handler bearer(Handler handler, http::RenderError render) const;

  // The same decisions for callers with other needs. Blocks (ledger): pool threads only.
  Result<auth::Identity> identify(const http::Request& request) const;
  Result<auth::Identity> identify_bearer(const http::Request& request) const;

 private:
  const auth::Authenticator& authenticator_;
  auth::RequestRate& rate_;
  http::WorkerPool& pool_;
  const SpaceReserve& reserve_;
};

}  // namespace lakegate::api
