#pragma once
// Whether the kinds of a text's tokens (rules/json_kinds.h) are those of one JSON object: what may follow what,
// brackets that close each other, keys in objects and none in arrays, nesting up to JsonReader::depth_max.
//
// Rows that were accepted last are remembered, because events of one kind have the same: so many, and none that is
// long. One per thread.
#include <array>
#include <cstdint>
#include <vector>

#include "rules/instruction_set.h"
#include "rules/json_kinds.h"
#include "rules/json_reader.h"

namespace sagewatch {

class JsonGrammar {
 public:
  bool accepts(const JsonKinds& kinds, InstructionSet set);

 private:
  static constexpr std::size_t row_max = 512;
  static constexpr std::size_t rows_max = 64;
  struct Row {
    std::size_t size = 0;
    std::array<char, row_max> kinds{};
  };

  bool judge(const JsonKinds& kinds, InstructionSet set);

  // The kinds of container that each open one is not, the outermost first; at 0 stands what nothing may be in.
  std::array<std::uint8_t, JsonReader::depth_max + 1> others_{};
  std::vector<Row> rows_{std::vector<Row>(rows_max)};  // each at the place that its hash tells
};

}  // namespace sagewatch
