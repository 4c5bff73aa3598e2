#pragma once
// A JSON text as the row of its tokens' kinds, one byte each: `{ } [ ] : ,` for themselves, `"` for a string, for
// anything else its first byte, or `0` with AVX-512. With the row go the checks that need no grammar: that strings are
// closed, their escapes and control bytes, numbers, words. Whether the row makes sense is rules/json_grammar.h's to
// say, and whether bytes beyond ASCII are UTF-8 the caller's.
//
// Reused from text to text without allocating. Belongs to one thread.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/instruction_set.h"
#include "rules/json_tokens.h"

namespace sagewatch {

class JsonKinds {
 public:
  // False: the text is no JSON object, whatever its grammar. `text` must be followed by 64 readable bytes, whose
  // content does not matter.
  // `tokens`: if given, the text's quotes and brackets are found on the way, at best; good only if the text is JSON.
  bool find(std::string_view text, InstructionSet set, JsonTokens* tokens = nullptr);

  bool is_ascii() const { return is_ascii_; }  // the text
  std::size_t count() const { return count_; }
  // Behind the last kind stand `behind` commas, so that who reads vectors reads what may follow an end.
  static constexpr std::size_t behind = 64;
  const char* kinds() const { return kinds_.data(); }

  // Bytes of a block that want a look of their own, once the blocks are through.
  struct Marked {
    const char* block;
    std::uint64_t bytes;
  };

 private:
  std::vector<char> kinds_;
  std::vector<Marked> scalars_;  // their first bytes
  std::vector<Marked> escapes_;  // the bytes behind the backslash
  std::size_t count_ = 0;
  bool is_ascii_ = true;
};

}  // namespace sagewatch
