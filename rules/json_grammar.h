#pragma once
// Whether the kinds of a text's tokens (rules/json_kinds.h) are those of one JSON object: what may follow what,
// brackets that close each other, keys in objects and none in arrays, nesting up to JsonReader::depth_max.
#include <array>
#include <cstdint>

#include "rules/instruction_set.h"
#include "rules/json_kinds.h"
#include "rules/json_reader.h"

namespace sagewatch {

class JsonGrammar {
 public:
  bool accepts(const JsonKinds& kinds, InstructionSet set);

 private:
  // The kinds of container that each open one is not, the outermost first; at 0 stands what nothing may be in.
  std::array<std::uint8_t, JsonReader::depth_max + 1> others_{};
};

}  // namespace sagewatch
