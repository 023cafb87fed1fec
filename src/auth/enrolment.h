// Enrolment: a new org comes with its production sandbox and its first client, all in one commit.
#pragma once

#include <string>
#include <string_view>

#include "auth/actor.h"
#include "base/random.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "model/ids.h"

namespace lakegate::auth {

inline constexpr std::string_view production_sandbox = "prod";

struct NewOrg {
  std::string name;
  std::string tenant = {};  // empty: made of the name
  ImsOrgId ims_org = {};    // empty: a random one
};

// What a client needs to know. The secret exists here and nowhere else: the ledger keeps its hash.
struct Credentials {
  ImsOrgId ims_org;
  std::string sandbox_name;
  std::string tenant;
  ApiKey client_id;
  std::string client_secret;
};

// A prepared enrolment, so that the credentials can be kept safe before they become valid.
class Enrolment {
 public:
  // `invalid_argument`: a name, tenant or org id that cannot be used; the message has the rule.
  static Result<Enrolment> prepare(const NewOrg& wanted, Random& random);

  const Credentials& credentials() const { return credentials_; }

  // `conflict`: tenant or org id is taken. Blocks. `by.org` means nothing: it is the first row of the new org's own
  // audit trail.
  Status commit(Ledger& ledger, const Actor& by) const;

 private:
  std::string name_;
  std::string secret_hash_;
  std::string user_id_;
  std::string sandbox_id_;
  Credentials credentials_;
};

// "{…}" with exactly the members of DIR/credentials.json.
std::string credentials_json(const Credentials& credentials, const std::string& base_url);

// What a new client's changes are signed with.
std::string make_user_id(Random& random);

// The wire's form of org ids: letters and digits, then "@AdobeOrg".
bool is_ims_org(std::string_view text);

}  // namespace lakegate::auth
