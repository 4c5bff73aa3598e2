#pragma once
// Random numbers that are the same on every machine and with every library: splitmix64, whole numbers only.
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace sagewatch::corpus {

class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31);
  }
  // Below `end`, which is far below 2^32, so that the bias does not matter.
  std::uint32_t below(std::uint64_t end) { return static_cast<std::uint32_t>((next() >> 32) * end >> 32); }
  bool per_mille(std::uint32_t chance) { return below(1'000) < chance; }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }
  template <class T>
  void shuffle(std::vector<T>& list) {
    for (std::size_t left = list.size(); left > 1; --left) std::swap(list[left - 1], list[below(left)]);
  }

 private:
  std::uint64_t state_;
};

}  // namespace sagewatch::corpus
