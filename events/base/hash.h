#pragma once
// XXH3 under names that say what is hashed. The values stand in files (routing, delivery ids): never change a seed.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sagewatch {

std::uint64_t hash64(std::string_view bytes);
struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};
Hash128 hash128(std::string_view bytes);
// 128 bits as 32 lower-case hexadecimal digits: ids that people copy.
std::string hash_hex(std::string_view bytes);

}  // namespace sagewatch
