#include "collector/http/hosts.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

namespace sagewatch {
namespace {

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

// The host without its port and brackets; empty if it is not of the form host, host:port, [host] or [host]:port.
std::string_view bare_host(std::string_view host) {
  std::string_view port;
  if (host.starts_with('[')) {
    const auto close = host.find(']');
    if (close == std::string_view::npos) return {};
    port = host.substr(close + 1);
    host = host.substr(1, close - 1);
  } else if (const auto colon = host.find(':'); colon != std::string_view::npos) {
    port = host.substr(colon);
    host = host.substr(0, colon);
  }
  if (!port.empty()) {
    if (port.front() != ':') return {};
    port.remove_prefix(1);
    if (!std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; })) return {};
  }
  return host;
}

}  // namespace

bool is_own_host(std::string_view host, std::string_view listen_address) {
  const std::string_view bare = bare_host(host);
  if (bare.empty()) return false;
  if (same_letters(bare, "localhost") || same_letters(bare, listen_address)) return true;
  const std::string text{bare};
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool is_own_origin(std::string_view origin, std::string_view host) {
  constexpr std::string_view scheme = "http://";
  return origin.size() >= scheme.size() && same_letters(origin.substr(0, scheme.size()), scheme) &&
         same_letters(origin.substr(scheme.size()), host);
}

}  // namespace sagewatch
