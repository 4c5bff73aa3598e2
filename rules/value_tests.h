#pragma once
// Value lists of patterns, written out flat: what the matcher runs over the few candidates that are left. A list's
// literals stand in it, one behind the other, so that a test reads one stretch of memory. Whole strings are just
// numbers: which of them a value is was found out when it was looked up (event_value.h). Alternatives that are rare or
// costly by nature (ignoring case beyond ASCII, addresses) are asked in their own form.
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/alternative.h"
#include "rules/event_value.h"

namespace sagewatch {

// While rules are compiled: all lists, equal ones once.
class ValueTests {
 public:
  using List = std::uint32_t;

  // `id_of`: the number of a text that an alternative spells out or excludes, at the path that the list is for.
  using IdOf = std::function<std::uint32_t(std::string_view text)>;
  List add(std::span<const Alternative> alternatives, const IdOf& id_of);
  // Good wherever they are copied to. Followed by 8 readable bytes, if whoever copies them sees to it.
  std::span<const std::uint32_t> words(List list) const {
    return {words_.data() + ends_[list], words_.data() + ends_[list + 1]};
  }
  // What lists refer to.
  std::vector<Alternative> others() && { return std::move(others_); }

 private:
  std::vector<std::uint32_t> words_;
  std::vector<std::size_t> ends_{0};  // of each list, in words_
  std::vector<Alternative> others_;
  std::unordered_map<std::string, List> known_;  // by content
};

// Whether some alternative of the list accepts the value. {"exists": false} accepts none. `others`: what the lists
// refer to.
bool accepts(const std::uint32_t* list, std::span<const Alternative> others, const EventValue& value);

// What an alternative holds beside itself, in bytes, roughly where it is not ours to look into.
std::size_t memory_of(const Alternative& alternative);

}  // namespace sagewatch
