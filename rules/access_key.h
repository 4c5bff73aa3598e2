#pragma once
// Access keys: what a rule can be filed under, and what an event's value is looked up by. A key is a path and something
// of a value that is quickly told from all others. A rule hangs on the keys of one of its tests, the rarest; only an
// event that has one of these keys makes the matcher look at the rule at all.
#include <cstdint>
#include <string>
#include <string_view>

#include "rules/byte_words.h"
#include "rules/ip_address.h"
#include "rules/path_trie.h"

namespace sagewatch {

enum class KeyKind : std::uint8_t {
  text,          // the whole string
  number,        // a double's bytes
  spelling,      // of a number without a value
  word,          // t, f or n
  infix,         // some bytes inside, from a separator on if possible
  prefix,        // its first bytes
  suffix,        // its last bytes
  lower_text,    // the same but infixes, in ASCII lower case
  lower_prefix,  //
  lower_suffix,  //
  address,       // an IP address: BlockKey with all its bits
  block,         // a CIDR block: BlockKey
  range,         // cells of numbers: range_key
};

inline std::uint64_t key_seed(PathId path, KeyKind kind) {
  return mix((std::uint64_t{path} << 8 | static_cast<std::uint8_t>(kind)) + 0x51ed'270b'0a1f'39c1,
             0x9fb2'1c65'1e98'df25);
}

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

// Numbers of a path fall into cells between bounds. Cells join to nodes, 2^level of them to one; a range of numbers is
// filed under the few nodes of the lowest level that cover it. This is a node's key.
inline constexpr std::uint32_t range_levels = 3;  // from one level that is used to the next
inline constexpr std::uint32_t range_nodes = 9;   // of one range
inline std::string range_key(std::uint32_t level, std::uint32_t node) {
  const std::uint32_t words[] = {level, node};
  return {reinterpret_cast<const char*>(words), sizeof words};
}
inline std::uint32_t range_level(std::string_view key) {
  return static_cast<std::uint32_t>(load_word(key.data()));
}
inline std::uint32_t range_node(std::string_view key) {
  return static_cast<std::uint32_t>(load_word(key.data()) >> 32);
}

// What names are joined with, those first that a name has fewest of. An infix that begins with one is found by looking
// only where one stands.
inline constexpr std::string_view separators = "/: ._-";
inline bool is_separator(char c) {
  return separators.find(c) != std::string_view::npos;
}

inline constexpr std::uint32_t infix_lengths[] = {1, 2, 3, 4, 5, 6, 8};  // of those that do not

}  // namespace sagewatch
