#pragma once
// The skeleton of a JSON text: where its quotes (both ends of each string) and its brackets { } [ ] outside of strings
// stand. From it a walk finds keys and values by looking between the tokens, and steps over what it does not want
// without looking at all. Commas, colons, numbers and words are no tokens: an event has half as many this way.
//
// Finding them takes a text apart 64 bytes at a time with whatever vectors the machine has (instruction_set.h).
// Reused from text to text without allocating. Belongs to one thread.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/instruction_set.h"

namespace sagewatch {

class JsonTokens {
 public:
  // `text` must be followed by 64 readable bytes, whose content does not matter. Of text that is not JSON the tokens
  // mean nothing, but finding them is safe.
  void find(std::string_view text, InstructionSet set);

  // For who finds them beside something else (json_kinds.cc): where they are written, in order, and then how many
  // there are.
  struct Room {
    std::uint32_t* places = nullptr;
    char* kinds = nullptr;
  };
  Room room_for(std::size_t text_size);
  void finish(std::size_t count, bool has_backslash);

  std::size_t count() const { return count_; }
  // Behind the last token stand some of kind 0, at no place: a walk along valid text stops there.
  const std::uint32_t* places() const { return places_.data(); }
  const char* kinds() const { return kinds_.data(); }  // the character at each place
  bool has_backslash() const { return has_backslash_; }

  // The token behind the bracket that closes the one before `token`. Valid text only.
  std::size_t behind_close(std::size_t token) const;

 private:
  std::vector<std::uint32_t> places_;
  std::vector<char> kinds_;
  std::size_t count_ = 0;
  bool has_backslash_ = false;
};

}  // namespace sagewatch
