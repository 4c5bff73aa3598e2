#pragma once
// IP addresses and CIDR blocks as EventBridge reads them: stricter than inet_pton in some places (no dotted quad
// inside IPv6, no zones), laxer in others (leading zeros are decimal, any number of them in a hex group). An
// IPv4-mapped IPv6 address is the IPv4 address. The two families never meet.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace sagewatch {

struct IpAddress {
  std::uint8_t bytes_used = 0;  // 4 or 16
  std::array<std::uint8_t, 16> bytes{};
  bool operator==(const IpAddress&) const = default;

  static std::optional<IpAddress> parse(std::string_view text);
};

class CidrBlock {
 public:
  // The error is AWS's text: `IPv4 mask bits must be < 32`.
  static tl::expected<CidrBlock, std::string> parse(std::string_view text);
  bool contains(const IpAddress& address) const;

  const IpAddress& address() const { return address_; }  // host bits cleared
  unsigned bits() const { return bits_; }

 private:
  CidrBlock(IpAddress address, unsigned bits);
  IpAddress address_;
  unsigned bits_;
};

}  // namespace sagewatch
