#include "server/listen_address.h"

#include <charconv>

#include "base/error_codes.h"

namespace lakegate::server {
namespace {

std::unexpected<Error> not_usable(std::string_view text) {
  return fail(codes::invalid_argument,
              "Setting listen: found \"{}\", expected HOST:PORT, e.g. 127.0.0.1:8080 or [::1]:8080.", text);
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return not_usable(text);
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!bracketed && host.find(':') != std::string_view::npos)) return not_usable(text);
  ListenAddress address{.host = std::string(host), .port = 0};
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return not_usable(text);
  return address;
}

bool is_loopback(const ListenAddress& address) {
  return address.host.starts_with("127.") || address.host == "::1" || address.host == "localhost";
}

}  // namespace lakegate::server
