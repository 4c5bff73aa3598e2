#pragma once
// The words of statuses that no enumeration has (a node's repair action, what AWS adds tomorrow), each kept once, so
// that a history of many resources refers to them by a byte: a code between the indices of the enumerations and
// other_status. At most status_words_max, none of which is given up: a word more has no code and stays other_status,
// which is shown as "Unknown". Belongs to who owns the history; codes mean nothing beside another's.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sagewatch {

inline constexpr std::uint8_t no_status = 255;     // not seen yet
inline constexpr std::uint8_t other_status = 254;  // outside the enumeration: its text is kept beside it
inline constexpr std::size_t status_words_max = 128;
inline constexpr std::size_t enumeration_max = other_status - status_words_max;  // of values of one axis

class StatusWords {
 public:
  static bool is_code(std::uint8_t status) { return status >= enumeration_max && status < other_status; }
  // The same for the same word; other_status of "" and when there is no room.
  std::uint8_t code_of(std::string_view word) {
    const auto known = std::ranges::find(words_, word);
    const auto place = static_cast<std::size_t>(known - words_.begin());
    if (word.empty() || place == status_words_max) return other_status;
    if (known == words_.end()) words_.emplace_back(word);
    return static_cast<std::uint8_t>(enumeration_max + place);
  }
  // "" of what is no code of this one.
  std::string_view word(std::uint8_t code) const {
    return is_code(code) && code - enumeration_max < words_.size() ? words_[code - enumeration_max]
                                                                   : std::string_view{};
  }
  void clear() { words_.clear(); }

 private:
  std::vector<std::string> words_;
};

}  // namespace sagewatch
