#include "collector/sources/demo/dice.h"

#include <fmt/format.h>

namespace sagewatch {

std::string DemoDice::uuid() {
  const std::uint64_t a = random_(), b = random_();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", a >> 32, a >> 16 & 0xffff, a & 0xfff,
                     0x8000 | (b >> 48 & 0x3fff), b & 0xffff'ffff'ffff);
}

std::string DemoDice::id(std::size_t length, std::uint64_t salt) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::mt19937_64 salted(random_() ^ salt);
  std::string text(length, '-');
  for (char& letter : text) letter = letters[salted() % letters.size()];
  return text;
}

}  // namespace sagewatch
