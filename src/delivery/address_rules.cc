#include "delivery/address_rules.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <semaphore>
#include <span>

#include "base/error_codes.h"
#include "delivery/error_codes.h"

namespace lakegate::delivery {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

// Empty: it is none, or not now.
AddressList addresses_of(const std::string& host, const LookUp& look_up) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &wanted, &found) == 0) return {found, &::freeaddrinfo};
  static std::counting_semaphore<lookups_max> free_lookups(lookups_max);
  if (!free_lookups.try_acquire()) return {nullptr, &::freeaddrinfo};
  wanted.ai_flags = 0;
  const int failed = look_up(host.c_str(), nullptr, &wanted, &found);
  free_lookups.release();
  return {failed == 0 ? found : nullptr, &::freeaddrinfo};
}

constexpr std::array<uint8_t, 12> mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

Address of_v4(const uint8_t* bytes) {
  Address made;
  std::ranges::copy(mapped_prefix, made.bytes.begin());
  std::copy_n(bytes, 4, made.bytes.begin() + 12);
  return made;
}

std::vector<Network> networks(std::initializer_list<const char*> texts) {
  std::vector<Network> made;
  for (const char* text : texts) made.push_back(Network::parse(text).value());
  return made;
}

bool in_any(const std::vector<Network>& networks, const Address& address) {
  return std::ranges::any_of(networks, [&](const Network& network) { return network.contains(address); });
}

// RFC 6890 and what came after it, and an address of a cloud's own services that looks public.
bool is_public_v4(const Address& address) {
  static const auto special =
      networks({"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16", "169.254.0.0/16",
                "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
                "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"});
  return !in_any(special, address);
}

}  // namespace

bool Address::is_v4() const { return std::ranges::equal(mapped_prefix, std::span(bytes).first<12>()); }

std::optional<Address> Address::parse(std::string_view text) {
  const std::string copy(text);
  Address made;
  if (::inet_pton(AF_INET6, copy.c_str(), made.bytes.data()) == 1) return made;
  std::array<uint8_t, 4> v4{};
  if (::inet_pton(AF_INET, copy.c_str(), v4.data()) == 1) return of_v4(v4.data());
  return std::nullopt;
}

std::optional<Address> Address::of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return of_v4(reinterpret_cast<const uint8_t*>(&v4.sin_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    Address made;
    std::memcpy(made.bytes.data(), &v6.sin6_addr, made.bytes.size());
    return made;
  }
  return std::nullopt;
}

bool Network::contains(const Address& address) const {
  const auto whole = static_cast<size_t>(bits / 8);
  if (!std::equal(first.bytes.begin(), first.bytes.begin() + static_cast<std::ptrdiff_t>(whole), address.bytes.begin()))
    return false;
  const int rest = bits % 8;
  if (rest == 0) return true;
  const int mask = 0xff << (8 - rest) & 0xff;
  return (first.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

std::optional<Network> Network::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = Address::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const bool v4 = address->is_v4() && text.find(':') == std::string_view::npos;
  const int most = v4 ? 32 : 128;
  int bits = most;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || bits < 0 || bits > most)
      return std::nullopt;
  }
  return Network{.first = *address, .bits = v4 ? bits + 96 : bits};
}

bool is_public(const Address& address) {
  if (address.is_v4()) return is_public_v4(address);
  static const Network translated = Network::parse("64:ff9b::/96").value();  // NAT64: the IPv4 address is in it
  static const Network tunnelled = Network::parse("2002::/16").value();      // 6to4: the same
  static const Network global = Network::parse("2000::/3").value();
  static const auto special = networks({"2001::/23", "2001:db8::/32", "3fff::/20"});
  if (translated.contains(address)) return is_public_v4(of_v4(address.bytes.data() + 12));
  if (tunnelled.contains(address)) return is_public_v4(of_v4(address.bytes.data() + 2));
  return global.contains(address) && !in_any(special, address);
}

Result<AddressRules> AddressRules::parse(std::string_view allowed) {
  AddressRules rules;
  while (!allowed.empty()) {
    const size_t end = std::min(allowed.find_first_of(" ,"), allowed.size());
    const std::string_view word = allowed.substr(0, end);
    allowed.remove_prefix(std::min(end + 1, allowed.size()));
    if (word.empty()) continue;
    if (word == "any") {
      rules.any_ = true;
      continue;
    }
    const auto network = Network::parse(word);
    if (!network) {
      return fail(codes::invalid_argument,
                  "In a list of networks: found \"{}\", expected e.g. 10.1.0.0/16, 127.0.0.1, fd00::/8, or any.", word);
    }
    rules.allowed_.push_back(*network);
  }
  return rules;
}

bool AddressRules::allows(const Address& address) const {
  return any_ || is_public(address) || in_any(allowed_, address);
}

bool AddressRules::allows(const sockaddr& address) const {
  const auto ip = Address::of(address);
  return ip && allows(*ip);
}

Status AddressRules::check_host(const std::string& host, const LookUp& look_up) const {
  if (any_) return {};
  const AddressList list = addresses_of(host, look_up);
  for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next) {
    if (!allows(*one->ai_addr)) {
      return fail(codes::target_forbidden,
                  "Host {}: it is, or has, an address that is not public, and this server does not send to it. The "
                  "operator can allow its network with the setting delivery.private_addresses.",
                  host);
    }
  }
  return {};
}

}  // namespace lakegate::delivery
