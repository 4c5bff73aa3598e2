#include "collector/http/egress.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace sagewatch {
namespace {

constexpr int mapped_bits = 96;  // ::ffff:0:0/96, where IPv4 addresses live in IPv6's space
using Bytes = std::array<unsigned char, 16>;

Bytes mapped(const in_addr& v4) {
  Bytes bytes{};
  bytes[10] = bytes[11] = 0xFF;
  std::memcpy(bytes.data() + 12, &v4, 4);
  return bytes;
}

// NAT64 and 6to4 carry an IPv4 address inside an IPv6 one, and would reach it: look at the one inside as well.
std::array<Bytes, 2> spellings(Bytes bytes) {
  constexpr unsigned char nat64[12] = {0x00, 0x64, 0xFF, 0x9B};
  in_addr inside{};
  if (std::equal(std::begin(nat64), std::end(nat64), bytes.begin())) {
    std::memcpy(&inside, bytes.data() + 12, 4);
    return {bytes, mapped(inside)};
  }
  if (bytes[0] == 0x20 && bytes[1] == 0x02) {
    std::memcpy(&inside, bytes.data() + 2, 4);
    return {bytes, mapped(inside)};
  }
  return {bytes, bytes};
}

bool starts_alike(const unsigned char* a, const unsigned char* b, int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(a, a + whole, b)) return false;
  const int rest = bits % 8;
  return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

std::string text_of(const Bytes& bytes) {
  char text[INET6_ADDRSTRLEN] = "";
  const bool is_v4 = starts_alike(bytes.data(), mapped({}).data(), mapped_bits);
  if (is_v4)
    inet_ntop(AF_INET, bytes.data() + 12, text, sizeof text);
  else
    inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  return text;
}

}  // namespace

EgressRules::EgressRules() {
  deny({"169.254.0.0/16", "fe80::/10", "fd00:ec2::254", "224.0.0.0/4", "255.255.255.255", "ff00::/8", "0.0.0.0/8",
        "::"});
}

void EgressRules::deny(std::initializer_list<const char*> ranges) {
  for (const char* range : ranges) {
    auto parsed = parse(range);
    SW_MUST(parsed.has_value(), "the built-in ranges are well-formed");
    ranges_.push_back(std::move(*parsed));
  }
}

Result<EgressRules> EgressRules::build(const std::vector<std::string>& deny, bool allow_private) {
  EgressRules rules;
  if (!allow_private)
    rules.deny({"127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"});
  for (const std::string& range : deny) {
    auto parsed = parse(range);
    if (!parsed) return no(std::move(parsed.error()));
    rules.ranges_.push_back(std::move(*parsed));
  }
  return rules;
}

Result<EgressRules::Range> EgressRules::parse(const std::string& text) {
  const auto wrong = [&] {
    return no(fmt::format("\"{}\" is not an address range such as 10.0.0.0/8 or fd00:ec2::254", text));
  };
  const auto slash = std::min(text.find('/'), text.size());
  const std::string address = text.substr(0, slash);
  Range range{};
  range.text = text;
  in_addr v4{};
  const bool is_v4 = inet_pton(AF_INET, address.c_str(), &v4) == 1;
  if (is_v4) {
    const Bytes bytes = mapped(v4);
    std::copy(bytes.begin(), bytes.end(), range.bytes);
  } else if (inet_pton(AF_INET6, address.c_str(), range.bytes) != 1) {
    return wrong();
  }
  const int widest = is_v4 ? 32 : 128;
  int bits = widest;
  if (slash < text.size()) {
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + slash + 1, end, bits);
    if (error != std::errc{} || rest != end || bits < 0 || bits > widest) return wrong();
  }
  range.bits = bits + (is_v4 ? mapped_bits : 0);
  return range;
}

std::string EgressRules::refusal(const sockaddr& address) const {
  Bytes bytes{};
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    bytes = mapped(v4.sin_addr);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  } else {
    return "only connections over IP are made";
  }
  for (const Bytes& spelling : spellings(bytes)) {
    const auto hit = std::find_if(ranges_.begin(), ranges_.end(), [&](const Range& range) {
      return starts_alike(spelling.data(), range.bytes, range.bits);
    });
    if (hit != ranges_.end()) return fmt::format("{} is in {}, which the egress rules deny", text_of(bytes), hit->text);
  }
  return {};
}

std::vector<std::string> EgressRules::denied() const {
  std::vector<std::string> texts;
  for (const Range& range : ranges_) texts.push_back(range.text);
  return texts;
}

}  // namespace sagewatch
