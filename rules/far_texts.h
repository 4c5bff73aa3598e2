#pragma once
// The strings that rules spell out at paths where they spell out very many: too many to stay in a near cache as those
// of ClassTexts do. An index (access_index.h) tells where a string may stand; there stands all that is known of it, and
// the string itself, so that what is found is exact. What hangs on it stands behind it (far_words.h).
//
// Filled once, then immutable; any thread.
#include <cstddef>
#include <cstdint>

#include "rules/access_index.h"
#include "rules/byte_words.h"
#include "rules/class_texts.h"
#include "rules/far_words.h"

namespace sagewatch {

class FarTexts {
 public:
  using Place = FarWords::Place;
  struct Known {  // the string follows
    PathId path = no_path;
    std::uint32_t id = 0;
    ClassWord classes = 0;
    CandidateBlocks::Block block = 0;
    std::uint32_t length = 0;
  };

  // Room for that many strings.
  explicit FarTexts(std::size_t strings) : index_(strings) {}
  // Writes a string down; its block may be told later.
  static Place write(FarWords& words, PathId path, const ClassTexts::Text& text);
  static void set_block(FarWords& words, Place place, CandidateBlocks::Block block);
  // So that it is found. `hash`: that of a text key of the path (access_key.h). Each string of a path once.
  void add(std::uint64_t hash, Place place) { index_.add(hash, place); }
  // No more strings. `words`: of FarWords::freeze().
  void freeze(const std::uint32_t* words);

  void prefetch(std::uint64_t hash) const { index_.prefetch(hash); }
  // Places that find() writes for one hash, at most.
  std::size_t found_max() const { return index_.found_max(); }
  // Writes the string's place, and now and then a stranger's; answers the end.
  Place* find(std::uint64_t hash, Place* out) const { return index_.find(hash, out); }
  // And what stands behind it, which is asked for next.
  void prefetch_text(Place place) const {
    __builtin_prefetch(words_ + place);
    __builtin_prefetch(words_ + place + FarWords::line_words);
    __builtin_prefetch(words_ + place + 2 * FarWords::line_words);
  }
  const Known& known(Place place) const { return *reinterpret_cast<const Known*>(words_ + place); }
  // Whether it is this string of this path: of another path may be a stranger, too. `text`: readable 8 bytes beyond.
  static bool is(const Known& known, PathId path, const char* text, std::uint32_t length) {
    return ((known.length ^ length) | (known.path ^ path)) == 0 &&
           equal_bytes(reinterpret_cast<const char*>(&known + 1), text, length);
  }
  std::size_t bytes() const { return index_.bytes(); }  // beside the words

 private:
  AccessIndex index_;
  const std::uint32_t* words_ = nullptr;
};

}  // namespace sagewatch
