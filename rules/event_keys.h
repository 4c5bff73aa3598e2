#pragma once
// What an event's values are looked up by, and the blocks of candidates that they are found to stand for. In steps, so
// that memory that is asked for in one has come by the next.
//
// Reused from event to event without allocating. Belongs to one thread.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rules/access_index.h"
#include "rules/candidate_blocks.h"
#include "rules/class_word.h"
#include "rules/event_value.h"
#include "rules/far_texts.h"

namespace sagewatch {

class EventKeys {
 public:
  // A new event's, or another rule set's. Both are borrowed.
  void begin(const AccessIndex& index, const FarTexts& texts);
  // Room for so many more keys, texts and blocks; for blocks one more, written before it is known that there is none.
  void reserve_keys(std::size_t more) { reserve(keys_, key_count_, more); }
  void reserve_texts(std::size_t more) { reserve(texts_, text_count_, more); }
  void reserve_blocks(std::size_t more) { reserve(blocks_, block_count_, more + 1); }

  // The index is told at once what it will be asked for.
  void add(std::uint64_t hash) {
    index_->prefetch(hash);
    keys_.data()[key_count_++] = hash;
  }
  // A string at a path of many texts.
  void add_text(std::uint64_t hash, std::uint32_t value, PathId path) {
    far_->prefetch(hash);
    texts_.data()[text_count_++] = {hash, value, path};
  }
  // Found already.
  void add_block(CandidateBlocks::Block block) {
    blocks_.data()[block_count_] = block;
    block_count_ += block != 0 ? 1 : 0;
  }

  // Finds what was added.
  void find();
  // Then: makes sure of the texts that were found. Their values say which they are, and classes of all values that were
  // added as texts are added to those of their paths.
  void settle_texts(EventValue* values, ClassWord* classes);
  // What was found. The user may write there.
  std::span<CandidateBlocks::Block> blocks() { return {blocks_.data(), block_count_}; }
  // A long list of equal values must not look at one block again and again.
  void drop_repeated_blocks();

 private:
  struct Text {
    std::uint64_t hash = 0;
    std::uint32_t value = 0;  // its index
    PathId path = no_path;
  };
  struct FoundText {
    FarTexts::Place place = 0;
    std::uint32_t value = 0;
    PathId path = no_path;
  };
  template <class T>
  static void reserve(std::vector<T>& room, std::size_t used, std::size_t more) {
    if (room.size() - used < more) room.resize(2 * (used + more));
  }

  const AccessIndex* index_ = nullptr;
  const FarTexts* far_ = nullptr;
  std::vector<std::uint64_t> keys_;  // only the first key_count_ are the event's; likewise all others
  std::vector<Text> texts_;
  std::vector<FoundText> found_;
  std::vector<FarTexts::Place> places_;  // of one text
  std::vector<CandidateBlocks::Block> blocks_;
  std::size_t key_count_ = 0;
  std::size_t text_count_ = 0;
  std::size_t found_count_ = 0;
  std::size_t block_count_ = 0;
};

}  // namespace sagewatch
