#pragma once
// A pattern in which `*` stands for any sequence of bytes, `\*` for a star and `\\` for a backslash. Matching takes the
// leftmost place for each piece between stars, which is right because a later one never leaves more room; its cost is
// the value's length times the complexity (wildcard_complexity.h), which is limited.
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sagewatch {

class Wildcard {
 public:
  // The error is AWS's text; positions count bytes from the opening quote: `Consecutive wildcard characters at pos 2`.
  static tl::expected<Wildcard, std::string> parse(std::string_view text);

  bool matches(std::string_view value) const;

  const std::string& text() const { return text_; }
  // What stands between the stars, unescaped: one more than there are stars.
  const std::vector<std::string>& pieces() const { return pieces_; }

 private:
  std::string text_;
  std::vector<std::string> pieces_;
};

}  // namespace sagewatch
