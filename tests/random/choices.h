#pragma once
// Where random cases take their decisions from: a seed, or bytes that a fuzzer made up. Out of bytes, every answer is
// 0, so generators must come to an end when they hear nothing else. The same on every machine and library.
#include <cstddef>
#include <cstdint>
#include <span>

namespace sagewatch {

class Choices {
 public:
  explicit Choices(std::uint64_t seed) : state_(seed) {}
  explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes), from_bytes_(true) {}

  // 0 to n - 1.
  std::size_t below(std::size_t n) {
    if (!from_bytes_) return static_cast<std::size_t>(next() % n);
    std::size_t value = take();
    if (n > 256) value = value << 8 | take();
    return value % n;
  }
  bool one_in(std::size_t n) { return below(n) == n - 1; }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  // SplitMix64.
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  std::size_t take() {
    if (bytes_.empty()) return 0;
    const std::uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }

  std::uint64_t state_ = 0;
  std::span<const std::uint8_t> bytes_;
  bool from_bytes_ = false;
};

}  // namespace sagewatch
