// The ids that cross folders. Their text is opaque outside of its maker.
#pragma once

#include "base/id.h"

namespace lakegate {

using BatchId = Id<struct BatchTag>;                // ULID
using DatasetId = Id<struct DatasetTag>;            // 24 hexadecimal digits
using ViewId = Id<struct ViewTag>;                  // 24 hexadecimal digits
using ImsOrgId = Id<struct ImsOrgTag>;              // "…@AdobeOrg", as clients send it
using ApiKey = Id<struct ApiKeyTag>;                // = client id
using ObjectKey = Id<struct ObjectKeyTag>;          // path below the store's root, ours alone, '/' between parts
using ResourceId = Id<struct ResourceTag>;          // a schema resource's $id
using SubscriptionId = Id<struct SubscriptionTag>;  // 24 hexadecimal digits

using OrgNumber = Number<struct OrgTag>;  // the ledger's own
using SandboxNumber = Number<struct SandboxTag>;
using SubscriptionNumber = Number<struct SubscriptionNumberTag>;

// Whose: every row that a client can reach belongs to one org and sandbox, and every look-up names them.
struct Scope {
  OrgNumber org;
  SandboxNumber sandbox;
  auto operator<=>(const Scope&) const = default;
};

}  // namespace lakegate
