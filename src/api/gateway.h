// Gateway: the door of every route that needs a known client. It establishes an Identity or refuses before any body
// byte is read.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>

#include "auth/identity.h"
#include "auth/rights.h"
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
struct Account;
}  // namespace lakegate::auth

namespace lakegate::api {

// The gateway's own codes have its form; what went wrong behind it (the ledger is busy) has the service's.
http::Response refusal(const Error& error, const http::Request& request);

using auth::Need;
using auth::Reach;

// Each route names the right that it needs: on some dataset of the sandbox, or farther (Need). A key without it
// is refused here, `right_missing`, whatever it asks for. On which datasets the key has it, the handler need not ask:
// identity.scope is a Sight for that right, and whatever is found through it was checked.
//
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
  // case), x-api-key, x-gw-ims-org-id, the client's rate, x-sandbox-name (default "prod"), the need.
  http::Guarded<http::Handler> authorised(Need need, Handler handler) const;
  http::Guarded<http::StreamHandler> authorised_stream(Need need, StreamHandler handler) const;

  // `authorised`, for what is created and stays: `no_space` where the disk has no room but the reserve.
  http::Guarded<http::Handler> creating(Need need, Handler handler) const;

  // `authorised`, for what is about the org's sandboxes and not within one: any right anywhere will do, and
  // identity.grants says which sandboxes there are for the key.
  http::Guarded<http::Handler> for_any_sandbox(Handler handler) const;

  // /iceberg: the bearer token alone, then the client's rate; the org is the token's, the sandbox is x-sandbox-name or
  // "prod". The need is met by any sandbox of the org: paths name theirs. `render` gives errors that interface's own
  // form, refusals of the door included.
  http::Guarded<http::Handler> bearer(Need need, Handler handler, http::RenderError render) const;

  // The same decisions for callers with other needs. Blocks (ledger): pool threads only.
  Result<auth::Identity> identify(const Need& need, const http::Request& request) const;
  Result<auth::Identity> identify_bearer(const Need& need, const http::Request& request) const;
  Result<auth::Identity> identify_anywhere(const http::Request& request) const;

  // A further look at the caller of a request whose answer is still going on: its token, key and grants as they are by
  // now. Costs its rate nothing. Blocks.
  Result<auth::Identity> identify_again(const Need& need, const http::Request& request) const;

  // The same caller for a part of its request that needs something else. Blocks.
  Result<auth::Identity> narrowed(const auth::Identity& identity, const Need& need) const;

 private:
  Result<auth::Account> account_of(const http::Request& request) const;
  Result<auth::Identity> identity_of(const auth::Account& account, const Need& need,
                                     const http::Request& request) const;
  Result<auth::Identity> identity_in_org(const auth::Account& account, Right right, const http::Request& request) const;

  const auth::Authenticator& authenticator_;
  auth::RequestRate& rate_;
  http::WorkerPool& pool_;
  const SpaceReserve& reserve_;
};

}  // namespace lakegate::api
