#pragma once
// Chance for the demo fleet: the same seed rolls the same numbers on every machine, which the standard's distributions
// do not promise.
#include <cstdint>
#include <random>
#include <string>

namespace sagewatch {

class DemoDice {
 public:
  explicit DemoDice(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool percent(std::uint64_t chance) { return below(100) < chance; }
  std::string uuid();
  // Lower-case letters and digits, as SageMaker's own ids have them. `salt` goes in, so that two runs of one seed
  // at two times tell of different things.
  std::string id(std::size_t length, std::uint64_t salt);

 private:
  std::mt19937_64 random_;
};

}  // namespace sagewatch
