#include "rules/instruction_set.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace sagewatch {
namespace {

InstructionSet best() {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("popcnt") ||
      !__builtin_cpu_supports("pclmul")) {
    return InstructionSet::plain;
  }
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vbmi2")) {
    return InstructionSet::avx512;
  }
  return InstructionSet::avx2;
#else
  return InstructionSet::plain;
#endif
}

InstructionSet choose() {
  const char* asked = std::getenv("SAGEWATCH_ISA");
  if (asked == nullptr) return best();
  if (std::string_view{asked} == "plain") return InstructionSet::plain;
  if (std::string_view{asked} == "avx2") return std::min(best(), InstructionSet::avx2);
  return best();
}

}  // namespace

InstructionSet instruction_set() {
  static const InstructionSet chosen = choose();
  return chosen;
}

const char* name_of(InstructionSet set) {
  constexpr const char* names[] = {"plain", "avx2", "avx512"};
  return names[static_cast<int>(set)];
}

}  // namespace sagewatch
