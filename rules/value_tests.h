#pragma once
// Value lists of patterns, written out flat: what the matcher runs over the few candidates that are left. A list's
// literals stand in it, one behind the other, so that a test reads one stretch of memory; equal lists are kept once.
// Alternatives that are rare or costly by nature (ignoring case beyond ASCII, addresses) are asked in their own form.
//
// Filled by the compiler, then immutable; any thread.
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/alternative.h"
#include "rules/event_values.h"

namespace sagewatch {

class ValueTests {
 public:
  using List = std::uint32_t;  // where it begins, in words

  List add(std::span<const Alternative> alternatives);
  // No more lists: lets go of what only add() needs.
  void freeze();

  // Whether some alternative accepts the value. {"exists": false} accepts none.
  bool accepts(List list, const EventValue& value) const;
  void prefetch(List list) const { __builtin_prefetch(words_.data() + list); }

  std::size_t bytes() const;

 private:
  std::vector<std::uint64_t> words_;
  std::vector<Alternative> others_;
  std::unordered_map<std::string, List> known_;  // by content
};

}  // namespace sagewatch
