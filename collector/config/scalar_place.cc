#include "collector/config/scalar_place.h"

#include <algorithm>

#include "events/utf8.h"

namespace sagewatch {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Steps through a value and its spelling side by side.
class SideBySide {
 public:
  SideBySide(std::string_view value, std::string_view text, std::size_t offset)
      : value_(value), text_(text), offset_(offset) {
    const char first = offset < text.size() ? text[offset] : '\0';
    if (first == '\'' || first == '"') {
      quote_ = first;
      ++offset_;
    } else if (first == '|' || first == '>') {
      offset_ = std::min(text.find('\n', offset), text.size());
    }
  }

  // False: they do not belong together.
  bool reach(std::size_t at) {
    while (done_ < at) {
      if (!step()) return false;
    }
    // The next line's indentation belongs to no character.
    while (offset_ < text_.size() && is_blank(text_[offset_]) && (at >= value_.size() || !is_blank(value_[at]))) {
      ++offset_;
    }
    return offset_ < text_.size();
  }
  std::size_t offset() const { return offset_; }

 private:
  bool step() {
    if (offset_ >= text_.size()) return false;
    const std::string_view rest = text_.substr(offset_);
    const char wanted = value_[done_];
    if (quote_ == '"' && rest[0] == '\\') return escape(rest);
    if (quote_ == '\'' && rest.starts_with("''")) return take(2, 1);
    // `$${` is written for a literal `${`.
    if (rest.starts_with("$${") && value_.substr(done_).starts_with("${")) return take(2, 1);
    if (rest[0] == wanted) return take(1, 1);
    if (is_blank(rest[0])) return take(1, 0);
    return is_blank(wanted) && take(0, 1);
  }

  bool escape(std::string_view rest) {
    if (rest.size() < 2) return false;
    std::size_t length = 2;
    switch (rest[1]) {
      case '\n':  // the line goes on
        return take(2, 0);
      case 'x':
        length = 4;
        break;
      case 'u':
        length = 6;
        break;
      case 'U':
        length = 10;
        break;
      default:
        break;
    }
    return take(length, std::max<std::size_t>(1, utf8_length(value_.substr(done_))));
  }

  bool take(std::size_t of_text, std::size_t of_value) {
    offset_ += of_text;
    done_ += of_value;
    return true;
  }

  std::string_view value_;
  std::string_view text_;
  std::size_t offset_;
  std::size_t done_ = 0;
  char quote_ = '\0';
};

}  // namespace

Place place_in_scalar(const Place& begin, std::string_view value, std::size_t at, std::string_view text) {
  std::size_t line = 0;
  for (int number = 1; number < begin.line; ++number) {
    line = text.find('\n', line);
    if (line == std::string_view::npos) return begin;
    ++line;
  }
  SideBySide both{value, text, line + static_cast<std::size_t>(std::max(0, begin.column - 1))};
  if (!both.reach(std::min(at, value.size()))) return begin;
  const std::string_view before = text.substr(0, both.offset());
  const std::size_t last_line = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto lines = std::count(before.begin(), before.end(), '\n');
  return {begin.file, static_cast<int>(lines) + 1, static_cast<int>(both.offset() - last_line) + 1};
}

}  // namespace sagewatch
