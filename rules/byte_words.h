#pragma once
// Bytes read eight at a time: comparing, hashing and folding the short strings of events. Every pointer here must be
// followed by 8 readable bytes behind the last one that counts: texts are padded (events/frame.h), and so is what a
// matcher keeps.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace sagewatch {

static_assert(std::endian::native == std::endian::little, "the first byte of a string is the lowest of its word");

// Keeps the first n bytes of a word, n up to 8.
inline constexpr std::uint64_t first_bytes[9] = {0,
                                                 0xff,
                                                 0xffff,
                                                 0xff'ffff,
                                                 0xffff'ffff,
                                                 0xff'ffff'ffff,
                                                 0xffff'ffff'ffff,
                                                 0xff'ffff'ffff'ffff,
                                                 0xffff'ffff'ffff'ffff};

inline std::uint64_t load_word(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// The first and the last eight bytes of a string, or all of it twice if it is shorter.
inline std::uint64_t head_word(const char* bytes, std::size_t size) {
  return load_word(bytes) & first_bytes[std::min<std::size_t>(size, 8)];
}
inline std::uint64_t tail_word(const char* bytes, std::size_t size) {
  const std::size_t used = std::min<std::size_t>(size, 8);
  return load_word(bytes + size - used) & first_bytes[used];
}

inline bool equal_bytes(const char* a, const char* b, std::size_t size) {
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    if (load_word(a + i) != load_word(b + i)) return false;
  }
  return ((load_word(a + i) ^ load_word(b + i)) & first_bytes[size - i]) == 0;
}

// ASCII letters in lower case; every other byte as it is.
inline std::uint64_t lower_word(std::uint64_t word) {
  constexpr std::uint64_t each = 0x0101'0101'0101'0101;
  const std::uint64_t low = word & (each * 0x7f);
  const std::uint64_t above_z = low + each * (0x7f - 'Z');
  const std::uint64_t from_a = low + each * (0x80 - 'A');
  const std::uint64_t upper = ~word & (from_a ^ above_z) & (each * 0x80);
  return word | upper >> 2;
}

// `lower` is in lower case already.
inline bool equal_lower(const char* lower, const char* text, std::size_t size) {
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    if (load_word(lower + i) != lower_word(load_word(text + i))) return false;
  }
  return ((load_word(lower + i) ^ lower_word(load_word(text + i))) & first_bytes[size - i]) == 0;
}
inline bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
}
inline std::string ascii_lower(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return lower;
}

// The two halves of a product, folded: every bit of both factors reaches every bit of the answer.
inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// A hash for tables in memory (never for files: see events/base/hash.h). `word` sees each word before it counts.
template <class Word>
inline std::uint64_t hash_words(std::uint64_t seed, const char* bytes, std::size_t size, Word word) {
  constexpr std::uint64_t one = 0x9e37'79b9'7f4a'7c15;
  constexpr std::uint64_t two = 0xd6e8'feb8'6659'fd93;
  std::uint64_t hash = seed;
  std::size_t left = size;
  for (; left > 16; left -= 16, bytes += 16)
    hash = mix(word(load_word(bytes)) ^ one, word(load_word(bytes + 8)) ^ hash);
  hash = mix(word(head_word(bytes, left)) ^ hash ^ one, word(tail_word(bytes, left)) ^ two ^ size);
  return mix(hash ^ one, two);
}
inline std::uint64_t hash_bytes(std::uint64_t seed, const char* bytes, std::size_t size) {
  return hash_words(seed, bytes, size, [](std::uint64_t word) { return word; });
}
inline std::uint64_t hash_lower(std::uint64_t seed, const char* bytes, std::size_t size) {
  return hash_words(seed, bytes, size, lower_word);
}

}  // namespace sagewatch
