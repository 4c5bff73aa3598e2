#pragma once
// A string that is compared without regard to case, by AWS's rule: each UTF-16 code unit of the *pattern* offers two
// spellings, its lower and its upper case, and the event's string must be made of offered spellings. The event is
// never folded, so the relation is not symmetric: "straße" accepts "STRASSE", "STRASSE" refuses "straße". A surrogate
// offers "?" and nothing else, as in AWS's engine: a letter outside of the BMP does not accept itself.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sagewatch {

class IgnoreCase {
 public:
  explicit IgnoreCase(std::string_view text);

  bool equals(std::string_view value) const;
  bool begins(std::string_view value) const;
  bool ends(std::string_view value) const;

  const std::string& text() const { return text_; }

 private:
  struct Spellings {
    std::string lower;
    std::string upper;
  };
  // Bytes of `value` that the whole pattern takes from its front, or npos.
  std::size_t taken(std::string_view value) const;

  std::string text_;
  std::vector<Spellings> units_;
};

}  // namespace sagewatch
