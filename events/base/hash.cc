#include "events/base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sagewatch {

std::uint64_t hash64(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

Hash128 hash128(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

std::string hash_hex(std::string_view bytes) {
  const Hash128 hash = hash128(bytes);
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(32);
  for (const std::uint64_t half : {hash.high, hash.low}) {
    for (int shift = 60; shift >= 0; shift -= 4) text.push_back(digits[half >> shift & 15]);
  }
  return text;
}

}  // namespace sagewatch
