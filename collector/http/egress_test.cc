#include "collector/http/egress.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>

#include <cstring>

namespace sagewatch {
namespace {

using testing::HasSubstr;

bool lets_through(const EgressRules& rules, const char* text) {
  sockaddr_storage storage{};
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  v4.sin_family = AF_INET;
  v6.sin6_family = AF_INET6;
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
    std::memcpy(&storage, &v4, sizeof v4);
  else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
    std::memcpy(&storage, &v6, sizeof v6);
  else
    ADD_FAILURE() << text;
  return rules.refusal(reinterpret_cast<const sockaddr&>(storage)).empty();
}

TEST(EgressRules, DenyMetadataLinkLocalMulticastAndUnspecified) {
  for (const char* address : {"169.254.169.254", "169.254.0.1", "::ffff:169.254.169.254", "fe80::1", "febf::1",
                              "fd00:ec2::254", "224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1", "0.0.0.0",
                              "0.1.2.3", "::", "::ffff:0.0.0.0", "64:ff9b::169.254.169.254", "2002:a9fe:a9fe::1"})
    EXPECT_FALSE(lets_through(EgressRules{}, address)) << address;
}

TEST(EgressRules, AllowTheWorldAndPrivateNetworksUnlessTold) {
  const EgressRules no_private = EgressRules::build({}, false).value();
  for (const char* address :
       {"127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fd12::1", "::ffff:10.0.0.1"}) {
    EXPECT_TRUE(lets_through(EgressRules{}, address)) << address;
    EXPECT_FALSE(lets_through(no_private, address)) << address;
  }
  for (const char* address : {"8.8.8.8", "172.32.0.1", "172.15.0.1", "169.253.0.1", "2001:db8::1", "1.0.0.0", "::2"}) {
    EXPECT_TRUE(lets_through(EgressRules{}, address)) << address;
    EXPECT_TRUE(lets_through(no_private, address)) << address;
  }
}

TEST(EgressRules, TakeRangesOfOnesOwn) {
  const EgressRules rules = EgressRules::build({"10.128.0.0/9", "2001:db8::/33", "192.0.2.1"}, true).value();
  EXPECT_FALSE(lets_through(rules, "10.200.0.1"));
  EXPECT_TRUE(lets_through(rules, "10.127.255.255"));
  EXPECT_FALSE(lets_through(rules, "2001:db8:7fff::1"));
  EXPECT_TRUE(lets_through(rules, "2001:db8:8000::1"));
  EXPECT_FALSE(lets_through(rules, "192.0.2.1"));
  EXPECT_TRUE(lets_through(rules, "192.0.2.2"));
}

TEST(EgressRules, NameTheRangeThatIsNotOne) {
  for (const char* range :
       {"10.0.0.0/33", "10.0.0/8", "example.com", "::1/129", "10.0.0.0/", "10.0.0.0/8x", "", "10.0.0.0/-1"}) {
    const auto rules = EgressRules::build({range}, true);
    ASSERT_FALSE(rules) << range;
    EXPECT_THAT(rules.error().what, HasSubstr("is not an address range"));
  }
}

}  // namespace
}  // namespace sagewatch
