#include "delivery/address_rules.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <array>
#include <latch>
#include <thread>
#include <vector>

#include "base/error_codes.h"
#include "delivery/error_codes.h"

namespace lakegate::delivery {
namespace {

Address address(std::string_view text) { return Address::parse(text).value(); }

TEST(AddressRules, OnlyPublicAddressesArePublic) {
  for (const char* text : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.1",
                           "10.255.255.255",
                           "100.64.0.1",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.255",
                           "168.63.129.16",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.192",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.0.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.1",
                           "203.0.113.1",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::7f00:1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "64:ff9b::10.0.0.1",
                           "64:ff9b::7f00:1",
                           "64:ff9b:1::1",
                           "100::1",
                           "2001::1",
                           "2001:2::1",
                           "2001:db8::1",
                           "2002:7f00:1::",
                           "2002:a00:1::1",
                           "2002:c0a8:101::",
                           "3fff::1",
                           "5f00::1",
                           "fc00::1",
                           "fd00:ec2::254",
                           "fe80::1",
                           "fec0::1",
                           "ff02::1",
                           "ff0e::1"}) {
    EXPECT_FALSE(is_public(address(text))) << text;
    EXPECT_FALSE(AddressRules().allows(address(text))) << text;
  }
  for (const char* text :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
        "172.15.255.255", "172.32.0.0", "192.0.1.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
        "2606:4700::1111", "2a00:1450:4001:81b::200e", "64:ff9b::1.1.1.1", "2002:101:101::1", "::ffff:1.1.1.1"}) {
    EXPECT_TRUE(is_public(address(text))) << text;
    EXPECT_TRUE(AddressRules().allows(address(text))) << text;
  }
}

TEST(AddressRules, ANetworkIsAllowedInEachSpelling) {
  const auto rules = AddressRules::parse("10.1.0.0/16, 127.0.0.1 fd00:1::/32").value();
  for (const char* text : {"10.1.0.0", "10.1.255.255", "::ffff:10.1.2.3", "127.0.0.1", "fd00:1::5", "1.1.1.1"})
    EXPECT_TRUE(rules.allows(address(text))) << text;
  for (const char* text : {"10.0.255.255", "10.2.0.0", "127.0.0.2", "fd00:2::5", "::1", "64:ff9b::10.1.2.3"})
    EXPECT_FALSE(rules.allows(address(text))) << text;
  EXPECT_TRUE(AddressRules::parse("any").value().allows(address("127.0.0.1")));
  EXPECT_FALSE(AddressRules::parse("").value().allows(address("127.0.0.1")));
  EXPECT_TRUE(AddressRules::parse("10.0.0.0/9").value().allows(address("10.127.255.255")));
  EXPECT_FALSE(AddressRules::parse("10.0.0.0/9").value().allows(address("10.128.0.0")));
  for (const char* wrong :
       {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "localhost", "10.0.0.0/", "::/129", "10.0.0.0/8x"}) {
    const auto refused = AddressRules::parse(wrong);
    ASSERT_FALSE(refused.has_value()) << wrong;
    EXPECT_EQ(refused.error().code, &codes::invalid_argument);
  }
}

TEST(AddressRules, OnlyIpIsConnectedTo) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_FALSE(AddressRules::parse("any").value().allows(reinterpret_cast<const sockaddr&>(local)));
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  ASSERT_EQ(::inet_pton(AF_INET, "10.0.0.1", &v4.sin_addr), 1);
  EXPECT_FALSE(AddressRules().allows(reinterpret_cast<const sockaddr&>(v4)));
  EXPECT_TRUE(AddressRules::parse("10.0.0.1").value().allows(reinterpret_cast<const sockaddr&>(v4)));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  ASSERT_EQ(::inet_pton(AF_INET6, "::ffff:10.0.0.1", &v6.sin6_addr), 1);
  EXPECT_FALSE(AddressRules().allows(reinterpret_cast<const sockaddr&>(v6)));
}

// Whatever a resolver takes for a number.
TEST(AddressRules, HostsAreJudgedByWhatTheyMean) {
  for (const char* host : {"localhost", "127.0.0.1", "2130706433", "0x7f.1", "017700000001", "::1", "10.0.0.1", "0"}) {
    const Status refused = AddressRules().check_host(host);
    ASSERT_FALSE(refused.has_value()) << host;
    EXPECT_EQ(refused.error().code, &codes::target_forbidden) << host;
    EXPECT_TRUE(AddressRules::parse("any").value().check_host(host).has_value()) << host;
  }
  EXPECT_TRUE(AddressRules().check_host("1.1.1.1").has_value());
  EXPECT_TRUE(AddressRules().check_host("nowhere.invalid").has_value());
}

// Name servers that are silent take few threads; what is no name is judged as ever.
TEST(AddressRules, FewNamesAreLookedUpAtATime) {
  std::latch asked(lookups_max);
  std::latch answered(1);
  const LookUp slow = [&](const char*, const char* service, const addrinfo* wanted, addrinfo** found) {
    asked.count_down();
    answered.wait();
    return ::getaddrinfo("127.0.0.1", service, wanted, found);
  };
  std::array<Status, lookups_max> given;
  {
    std::vector<std::jthread> threads;
    for (Status& one : given) threads.emplace_back([&] { one = AddressRules().check_host("slow.example", slow); });
    asked.wait();
    bool is_asked = false;
    const LookUp quick = [&](const char*, const char*, const addrinfo*, addrinfo**) {
      is_asked = true;
      return EAI_FAIL;
    };
    EXPECT_TRUE(AddressRules().check_host("another.example", quick).has_value());
    EXPECT_FALSE(is_asked);
    EXPECT_FALSE(AddressRules().check_host("127.0.0.1", quick).has_value());
    answered.count_down();
  }
  for (const Status& one : given) EXPECT_FALSE(one.has_value());
  EXPECT_FALSE(AddressRules().check_host("localhost").has_value()) << "they are free again";
}

}  // namespace
}  // namespace lakegate::delivery
