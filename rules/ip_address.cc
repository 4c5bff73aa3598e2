#include "rules/ip_address.h"

#include <algorithm>

namespace sagewatch {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Four groups of digits; whether they are small enough is another question.
bool looks_like_v4(std::string_view text) {
  int dots = 0;
  bool digit = false;
  for (const char c : text) {
    if (is_digit(c)) {
      digit = true;
    } else if (c == '.' && digit) {
      ++dots;
      digit = false;
    } else {
      return false;
    }
  }
  return dots == 3 && digit;
}
bool looks_like_v6(std::string_view text) {
  return text.find(':') != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c == ':' || hex_digit(c) >= 0; });
}

std::optional<IpAddress> parse_v4(std::string_view text) {
  if (text.size() > 15) return std::nullopt;
  IpAddress address{.bytes_used = 4};
  std::size_t group = 0;
  unsigned value = 0;
  for (const char c : text) {
    if (c == '.') {
      address.bytes[group++] = static_cast<std::uint8_t>(value);
      value = 0;
      continue;
    }
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 255) return std::nullopt;
  }
  address.bytes[group] = static_cast<std::uint8_t>(value);
  return address;
}

struct Groups {
  std::array<std::uint16_t, 8> values{};
  std::size_t count = 0;
};

// The hex groups of one side of "::", or nothing if one is empty or too big.
bool read_groups(std::string_view text, Groups& groups) {
  if (text.empty()) return true;
  while (true) {
    const std::size_t end = std::min(text.find(':'), text.size());
    if (end == 0) return false;
    unsigned value = 0;
    for (const char c : text.substr(0, end)) {
      value = value << 4 | static_cast<unsigned>(hex_digit(c));
      if (value > 0xffff) return false;
    }
    if (groups.count == groups.values.size()) return false;
    groups.values[groups.count++] = static_cast<std::uint16_t>(value);
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

IpAddress unmapped(const IpAddress& address) {
  for (std::size_t i = 0; i < 10; ++i) {
    if (address.bytes[i] != 0) return address;
  }
  if (address.bytes[10] != 0xff || address.bytes[11] != 0xff) return address;
  IpAddress v4{.bytes_used = 4};
  std::copy(address.bytes.begin() + 12, address.bytes.end(), v4.bytes.begin());
  return v4;
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  const std::size_t gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  Groups left;
  Groups right;
  if (!read_groups(text.substr(0, gap), left)) return std::nullopt;
  if (has_gap && !read_groups(text.substr(gap + 2), right)) return std::nullopt;
  const std::size_t count = left.count + right.count;
  if (has_gap ? count > 7 : count != 8) return std::nullopt;
  std::copy_n(right.values.begin(), right.count, left.values.end() - static_cast<std::ptrdiff_t>(right.count));
  IpAddress address{.bytes_used = 16};
  for (std::size_t i = 0; i < 8; ++i) {
    address.bytes[2 * i] = static_cast<std::uint8_t>(left.values[i] >> 8);
    address.bytes[2 * i + 1] = static_cast<std::uint8_t>(left.values[i]);
  }
  return unmapped(address);
}

void clear_host_bits(IpAddress& address, unsigned bits) {
  for (unsigned i = 0; i < address.bytes_used; ++i) {
    const unsigned kept = bits > 8 * i ? std::min(8U, bits - 8 * i) : 0U;
    address.bytes[i] = static_cast<std::uint8_t>(address.bytes[i] & (0xff00U >> kept));
  }
}

// Java's Integer.parseInt: a sign of either kind is welcome.
std::optional<std::int64_t> java_int(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
    if (value > (std::int64_t{1} << 31)) return std::nullopt;
  }
  if (!negative && value == (std::int64_t{1} << 31)) return std::nullopt;
  return negative ? -value : value;
}

tl::unexpected<std::string> refused(std::string text) {
  return tl::unexpected<std::string>{std::move(text)};
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (looks_like_v4(text)) return parse_v4(text);
  if (looks_like_v6(text)) return parse_v6(text);
  return std::nullopt;
}

CidrBlock::CidrBlock(IpAddress address, unsigned bits) : address_(address), bits_(bits) {
  clear_host_bits(address_, bits_);
}

tl::expected<CidrBlock, std::string> CidrBlock::parse(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);  // as Java's split does
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || text.find('/', slash + 1) != std::string_view::npos) {
    return refused("Malformed CIDR, one '/' required");
  }
  const auto bits = java_int(text.substr(slash + 1));
  if (!bits) return refused("Malformed CIDR, mask bits must be an integer");
  if (*bits < 0) return refused("Malformed CIDR, mask bits must not be negative");
  const std::string_view host = text.substr(0, slash);
  const auto address = IpAddress::parse(host);
  if (!address) {
    const bool likely = looks_like_v4(host) || looks_like_v6(host);
    return refused((likely ? "Invalid IP address: " : "Nonstandard IP address: ") + std::string{host});
  }
  if (address->bytes_used == 4 && *bits > 31) return refused("IPv4 mask bits must be < 32");
  if (*bits > 127) return refused("IPv6 mask bits must be < 128");
  return CidrBlock{*address, static_cast<unsigned>(*bits)};
}

bool CidrBlock::contains(const IpAddress& address) const {
  if (address.bytes_used != address_.bytes_used) return false;
  IpAddress masked = address;
  clear_host_bits(masked, bits_);
  return masked == address_;
}

}  // namespace sagewatch
