// HOST:PORT as the setting `listen` has it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakegate::server {

struct ListenAddress {
  std::string host;  // without the brackets of an IPv6 address
  uint16_t port = 0;
  bool operator==(const ListenAddress&) const = default;
};

// "127.0.0.1:8080", "localhost:0", "[::1]:8080". `invalid_argument` names what was found.
Result<ListenAddress> parse_listen_address(std::string_view text);

// Whether only this machine can reach it.
bool is_loopback(const ListenAddress& address);

}  // namespace lakegate::server
