#pragma once
// What to do with a value found at a path: its class bit where that is plain, and the access keys to look it up by,
// which are only those that some rule is filed under.
//
// Filled by the compiler, then immutable; any thread.
#include <cstdint>
#include <vector>

#include "rules/access_key.h"
#include "rules/candidate_blocks.h"
#include "rules/class_word.h"
#include "rules/event_values.h"

namespace sagewatch {

struct PathPlan {
  std::uint64_t text_seed = 0;
  std::uint64_t number_seed = 0;
  std::uint32_t lookups_begin = 0;  // in PathPlans::lookups
  std::uint32_t lookups_end = 0;
  std::uint32_t numbers_begin = 0;  // constants, in PathPlans::numbers, ascending
  std::uint32_t numbers_end = 0;
  NumberClasses number_classes;
  CandidateBlocks::Block present = 0;  // rules that hang on there being any value
  bool has_texts = false;              // some string is spelled out
  bool reads_numbers = false;          // some test looks at numbers
  bool has_number_keys = false;
};

struct PathLookup {
  std::uint64_t seed = 0;
  KeyKind kind = KeyKind::prefix;
  std::uint32_t size = 0;    // bytes of a prefix, suffix or infix; bits of a block
  std::uint32_t filter = 0;  // infix: its bits, in PathPlans::filters
};

class PathPlans {
 public:
  static constexpr std::uint32_t filter_words = 64;  // 4,096 bits

  std::vector<PathPlan> plans;
  std::vector<PathLookup> lookups;
  std::vector<double> numbers;
  std::vector<std::uint64_t> filters;

  static std::uint32_t filter_bit(std::uint64_t infix) {
    return static_cast<std::uint32_t>(infix * 0x9e37'79b9'7f4a'7c15 >> 52);
  }

  // Class bits of the value that need no look-up; appends its keys. Reads the number if rules look at it. A string's
  // own class is left to the look-up where strings are spelled out.
  ClassWord take(EventValue& value, std::vector<AccessKey>& keys) const;
  std::size_t bytes() const;

 private:
  void look_up(const EventValue& value, const PathLookup& lookup, std::vector<AccessKey>& keys) const;
  void look_up_infix(const EventValue& value, const PathLookup& lookup, std::vector<AccessKey>& keys) const;
  ClassWord take_number(EventValue& value, const PathPlan& plan, std::vector<AccessKey>& keys) const;
};

}  // namespace sagewatch
