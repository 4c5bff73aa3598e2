#include "collector/api/uuid.h"

#include <random>

namespace sagewatch {

UuidSource UuidSource::seeded_by_the_system() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device(), device(), device(), device(), device()};
  return UuidSource{[generator = std::mt19937_64{seed}]() mutable { return generator(); }};
}

std::string UuidSource::next() {
  std::uint64_t high = bits_();
  std::uint64_t low = bits_();
  high = (high & ~0xF000ull) | 0x4000ull;      // version 4
  low = (low & ~(3ull << 62)) | (1ull << 63);  // the variant of RFC 9562
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  const auto append = [&](std::uint64_t bits, int from, int to) {
    for (int shift = from; shift >= to; shift -= 4) text.push_back(digits[bits >> shift & 15]);
  };
  append(high, 60, 32);
  text.push_back('-');
  append(high, 28, 16);
  text.push_back('-');
  append(high, 12, 0);
  text.push_back('-');
  append(low, 60, 48);
  text.push_back('-');
  append(low, 44, 0);
  return text;
}

}  // namespace sagewatch
