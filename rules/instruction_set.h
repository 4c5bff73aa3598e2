#pragma once
// Which instructions of the processor the matcher may use. One program serves every x86-64 machine and others: the few
// functions that gain from vectors exist several times, and the choice is made once, when the program runs.
#include <cstdint>

namespace sagewatch {

enum class InstructionSet : std::uint8_t {
  plain,   // any machine
  avx2,    // with BMI2, POPCNT and PCLMUL: x86-64 since 2013
  avx512,  // with VBMI2 on top: x86-64 since 2019
};

// The best that this machine has; SAGEWATCH_ISA=plain or avx2 in the environment asks for less, to compare. Any thread.
InstructionSet instruction_set();
const char* name_of(InstructionSet set);

}  // namespace sagewatch
