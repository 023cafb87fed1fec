// AddressRules: where the server may connect to for its clients. Whoever names a target must not reach through the
// server what they could not reach themselves: the machine itself, its network, the addresses of clouds' metadata. What
// is asked is the address that is connected to, after names were resolved: a name can change its mind.
#pragma once

#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakegate::delivery {

// An IPv4 address lives in the last four bytes of an IPv4-mapped one, so that both spellings are one address.
struct Address {
  std::array<uint8_t, 16> bytes = {};

  bool is_v4() const;
  bool operator==(const Address&) const = default;

  // "10.0.0.1", "2001:db8::1", without a zone.
  static std::optional<Address> parse(std::string_view text);
  // IPv4 and IPv6; nothing of other families.
  static std::optional<Address> of(const sockaddr& address);
};

struct Network {
  Address first;
  int bits = 128;  // of the mapped form

  bool contains(const Address& address) const;
  // "10.0.0.0/8", "fd00::/8", or one address.
  static std::optional<Network> parse(std::string_view text);
};

inline constexpr std::ptrdiff_t lookups_max = 4;  // of names, at a time, in the whole process

// As getaddrinfo.
using LookUp = std::function<int(const char* host, const char* service, const addrinfo* wanted, addrinfo** found)>;

// Immutable.
class AddressRules {
 public:
  // Public addresses alone.
  AddressRules() = default;
  // `allowed`: networks beside them, blanks or commas between; "any": every address. `invalid_argument` names the first
  // that is no network.
  static Result<AddressRules> parse(std::string_view allowed);

  bool allows(const Address& address) const;
  // False for families that are not IP.
  bool allows(const sockaddr& address) const;

  // Every address of the host, which may be an address itself. Blocks for as long as names are resolved. A name that
  // means nothing at the moment is allowed, and so is one while lookups_max others are looked up, since each takes a
  // thread for as long as its name servers are silent: it is asked again when it is connected to.
  //
  // `target_forbidden`: it has an address that is not allowed; which one is not said.
  Status check_host(const std::string& host) const { return check_host(host, ::getaddrinfo); }
  Status check_host(const std::string& host, const LookUp& look_up) const;  // the same, for tests

 private:
  bool any_ = false;
  std::vector<Network> allowed_;
};

// Globally reachable unicast, by IANA's registries of special addresses.
bool is_public(const Address& address);

}  // namespace lakegate::delivery
