#pragma once
// What a rule can be filed under, and what an event's value is looked up by: something of a value at a path that is
// quickly told from all others. A rule hangs on the keys of one of its tests, the rarest; only an event that has one of
// these keys makes the matcher look at the rule at all.
#include <cstdint>
#include <string_view>

#include "rules/byte_words.h"
#include "rules/ip_address.h"
#include "rules/path_trie.h"

namespace sagewatch {

enum class KeyKind : std::uint8_t {
  text,          // the whole string
  prefix,        // its first bytes
  suffix,        // its last bytes
  lower_text,    // the same three in ASCII lower case
  lower_prefix,  //
  lower_suffix,  //
  infix,         // some bytes inside
  number,        // a double's bytes
  spelling,      // of a number without a value
  word,          // t, f or n
  address,       // an IP address: BlockKey with all its bits
  block,         // a CIDR block: BlockKey
};

inline std::uint64_t key_seed(PathId path, KeyKind kind) {
  return mix((std::uint64_t{path} << 8 | static_cast<std::uint8_t>(kind)) + 0x51ed'270b'0a1f'39c1,
             0x9fb2'1c65'1e98'df25);
}

struct AccessKey {
  std::uint64_t hash = 0;
  const char* bytes = nullptr;  // readable 8 beyond; as they stand in the event, so not yet lower for the lower kinds
  std::uint32_t length = 0;
  PathId path = no_path;
  KeyKind kind = KeyKind::text;
};

// The key of a CIDR block, or of an address as the block of it alone: its bits, its family and its first bytes.
class BlockKey {
 public:
  static constexpr std::size_t size = 18;

  BlockKey(const IpAddress& address, unsigned bits) {
    bytes_[0] = static_cast<char>(bits);
    bytes_[1] = static_cast<char>(address.bytes_used);
    for (unsigned i = 0; i < address.bytes_used; ++i) {
      const unsigned kept = bits > 8 * i ? std::min(8U, bits - 8 * i) : 0U;
      bytes_[2 + i] = static_cast<char>(address.bytes[i] & (0xff00U >> kept));
    }
  }
  const char* bytes() const { return bytes_; }

 private:
  char bytes_[size + 8] = {};
};

// Lengths of prefixes and suffixes that are filed: a longer one is filed under the longest of these that fits.
inline constexpr std::uint32_t affix_lengths[] = {1,  2,  3,  4,  5,  6,  7,  8,  10, 12,
                                                  14, 16, 20, 24, 28, 32, 40, 48, 64, 96};
inline constexpr std::uint32_t infix_lengths[] = {1, 2, 3, 4, 6};

}  // namespace sagewatch
