#pragma once
// Random UUIDs (version 4), for EventIds and request ids: "34bd1a80-7c7e-4f5b-9d0c-6e9a1b2c3d4e". The bits come from
// outside, so that a test knows them. Belongs to one thread.
#include <cstdint>
#include <functional>
#include <string>

namespace sagewatch {

class UuidSource {
 public:
  using Bits = std::function<std::uint64_t()>;
  explicit UuidSource(Bits bits) : bits_(std::move(bits)) {}
  // From a generator that the operating system seeds. Ids need to differ, not to be unguessable.
  static UuidSource seeded_by_the_system();
  std::string next();

 private:
  Bits bits_;
};

}  // namespace sagewatch
