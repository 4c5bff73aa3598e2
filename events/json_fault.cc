// A JSON reader with an explicit stack: one pass, byte by byte, stopping at the first fault. It accepts what JsonDom
// accepts (the fuzzer compares them): RFC 8259 in UTF-8 without a byte order mark. Limits are checked where they are
// crossed, so that the place is known.
#include "events/json_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "events/utf8.h"

namespace sagewatch {
namespace {

struct Level {
  bool is_object;
  std::string_view key;   // of an object: the key being read, as written
  std::size_t count = 0;  // members or entries begun
};

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string printable(char c) {
  if (c == '"') return "a string";
  if (c > ' ' && c < 127) return fmt::format("\"{}\"", c);
  return fmt::format("byte 0x{:02x}", static_cast<unsigned char>(c));
}

class Finder {
 public:
  Finder(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  std::optional<JsonFault> find() {
    if (text_.starts_with("\xEF\xBB\xBF")) {
      fault("the text begins with a byte order mark; send it without one");
    } else if (skip_space(); at_end()) {
      fault("there is no JSON at all; send one object");
    } else if (value()) {
      while (!levels_.empty() && !fault_) next_in_level();
      skip_space();
      if (!fault_ && !at_end()) fault("more text after the end of the JSON; send one object for each event");
    }
    return std::move(fault_);
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char here() const { return at_end() ? '\0' : text_[at_]; }
  void skip_space() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }
  bool fault(std::string what, Reason reason = Reason::malformed_json) {
    return fault_at(at_, std::move(what), reason);
  }
  bool fault_at(std::size_t place, std::string what, Reason reason = Reason::malformed_json) {
    if (fault_) return false;
    const std::string_view before = text_.substr(0, place);
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    fault_ = JsonFault{reason, std::move(what), lines + 1, place - line_start + 1, path()};
    return false;
  }

  std::string path() const {
    constexpr std::size_t path_bytes_max = 200, key_bytes_max = 64;  // a path is for the eye
    std::string path;
    for (const Level& level : levels_) {
      if (path.size() > path_bytes_max) return path + "...";
      if (level.count == 0) break;
      if (!level.is_object) {
        path += fmt::format("[{}]", level.count - 1);
      } else if (!level.key.empty()) {  // read to its end, so it is UTF-8 without control characters
        if (!path.empty()) path.push_back('.');
        path.append(cut_utf8(level.key, key_bytes_max));
      }
    }
    return path;
  }
  // Begins a value: all of it if it is a scalar, else its opening bracket.
  bool value() {
    switch (here()) {
      case '{':
      case '[':
        return open();
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return is_digit(here()) || here() == '-' ? number() : no_value();
    }
  }
  bool no_value() {
    if (at_end()) return ends_early();
    if (here() == '/' || here() == '#') return fault("a comment; JSON has none, remove it");
    if (here() == '\'') return fault("a single quote; write strings in double quotes");
    if (here() == '}' || here() == ']') return fault(fmt::format("a comma before \"{}\"; remove the comma", here()));
    return fault(fmt::format("found {} where a value must stand; strings need double quotes", printable(here())));
  }
  bool ends_early() {
    const bool in_object = !levels_.empty() && levels_.back().is_object;
    if (levels_.empty()) return fault("the text ends early; send the whole of it");
    return fault(fmt::format("the text ends before its closing \"{}\"; send the whole of it", in_object ? '}' : ']'));
  }

  bool open() {
    const std::size_t begin = at_;
    const bool is_object = here() == '{';
    ++at_;
    skip_space();
    if (here() == (is_object ? '}' : ']')) return ++at_, true;  // nothing inside: no level
    if (levels_.size() >= limits_.depth) {
      return fault_at(
          begin,
          fmt::format("objects and lists stand more than {} deep (limits.json_depth); make it flatter", limits_.depth),
          Reason::too_deep);
    }
    levels_.push_back({is_object, {}});
    return is_object ? member() : entry();
  }
  bool entry() {
    ++levels_.back().count;
    return value();
  }
  bool member() {
    Level& level = levels_.back();
    level.key = {};
    if (at_end()) return ends_early();
    if (here() == '}') return fault("a comma before \"}\"; remove the comma");
    if (here() == '/' || here() == '#') return fault("a comment; JSON has none, remove it");
    if (here() != '"') return fault(fmt::format("found {} where a key must stand in double quotes", printable(here())));
    if (level.count >= limits_.object_keys)
      return fault(fmt::format("one object has more than {} keys; split it", limits_.object_keys),
                   Reason::too_many_keys);
    ++level.count;
    const std::size_t begin = at_ + 1;
    if (!string()) return false;
    level.key = text_.substr(begin, at_ - 1 - begin);
    skip_space();
    if (at_end()) return ends_early();
    if (here() != ':') return fault(fmt::format("found {} where a \":\" must stand behind the key", printable(here())));
    ++at_;
    skip_space();
    return value();
  }
  // Behind a value inside an object or list.
  void next_in_level() {
    skip_space();
    const Level& level = levels_.back();
    if (at_end()) {
      ends_early();
    } else if (here() == (level.is_object ? '}' : ']')) {
      ++at_;
      levels_.pop_back();
    } else if (here() == ',') {
      ++at_;
      skip_space();
      level.is_object ? member() : entry();
    } else if (here() == '/' || here() == '#') {
      fault("a comment; JSON has none, remove it");
    } else {
      fault(fmt::format("found {} where a comma or \"{}\" must stand", printable(here()), level.is_object ? '}' : ']'));
    }
  }

  bool word(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return no_value();
    at_ += expected.size();
    return ends_token();
  }
  bool ends_token() {
    if (at_end() || is_space(here()) || here() == ',' || here() == '}' || here() == ']' || here() == ':') return true;
    return fault(fmt::format("found {} right behind a number or word; strings need double quotes", printable(here())));
  }

  bool number() {
    if (here() == '-') ++at_;
    if (!is_digit(here())) return fault("a minus sign without a number");
    if (here() == '0' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))
      return fault("a number with leading zeros; write it without, or as a string");
    digits();
    if (here() == '.') {
      ++at_;
      if (!digits()) return fault("a number that ends in a point; add a digit");
    }
    if (here() == 'e' || here() == 'E') {
      ++at_;
      if (here() == '+' || here() == '-') ++at_;
      if (!digits()) return fault("an exponent without digits");
    }
    return ends_token();
  }
  bool digits() {
    const std::size_t begin = at_;
    while (is_digit(here())) ++at_;
    return at_ > begin;
  }
  bool string() {
    const std::size_t begin = at_++;
    std::size_t bytes = 0;  // unescaped
    for (;;) {
      if (at_end()) return fault_at(begin, "a string that begins here and has no closing quote");
      const char c = here();
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20) {
        return fault(c == '\n' || c == '\r' ? "a string that runs over the end of the line; write \\n"
                                            : fmt::format("{} inside a string; write \\u{:04x}", printable(c), c));
      }
      const std::size_t added = c == '\\' ? escape() : character();
      if (added == 0) return false;
      bytes += added;
    }
    ++at_;
    if (bytes > limits_.string_bytes) {
      return fault_at(begin, fmt::format("a string of {} bytes; the limit is {}", bytes, limits_.string_bytes),
                      Reason::string_too_long);
    }
    return true;
  }
  std::size_t character() {
    const std::size_t length = utf8_length(text_.substr(at_, 4));
    if (length == 0) {
      fault(fmt::format("{} is not UTF-8; send text as UTF-8 and bytes as Base64", printable(here())),
            Reason::not_utf8);
      return 0;
    }
    at_ += length;
    return length;
  }
  // Both answer how many bytes the character has unescaped, 0 for a fault.
  std::size_t escape() {
    ++at_;
    if (here() == 'u') return unicode_escape();
    if (at_end() || std::string_view{"\"\\/bfnrt"}.find(here()) == std::string_view::npos) {
      --at_;
      return fault("a backslash that begins no escape of JSON; write \\\\"), 0;
    }
    ++at_;
    return 1;
  }
  std::size_t unicode_escape() {
    const std::size_t begin = at_ - 1;
    const auto first = hex4();
    if (!first) return fault_at(begin, "\\u without four hexadecimal digits"), 0;
    if (*first >= 0xD800 && *first < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      const std::size_t behind_first = at_++;
      if (const auto second = hex4(); second && *second >= 0xDC00 && *second <= 0xDFFF) return 4;
      at_ = behind_first;
    }
    return *first < 0x80 ? 1 : *first < 0x800 ? 2 : 3;  // half of a pair is read as U+FFFD
  }
  std::optional<unsigned> hex4() {
    ++at_;  // behind the u
    unsigned value = 0;
    const std::string_view four = text_.substr(std::min(at_, text_.size()), 4);
    const auto [end, error] = std::from_chars(four.data(), four.data() + four.size(), value, 16);
    if (error != std::errc{} || end != four.data() + 4 || four.front() == '-') return std::nullopt;
    at_ += 4;
    return value;
  }

  std::string_view text_;
  const JsonLimits& limits_;
  std::size_t at_ = 0;
  std::vector<Level> levels_;
  std::optional<JsonFault> fault_;
};

}  // namespace

std::optional<JsonFault> find_json_fault(std::string_view text, const JsonLimits& limits) {
  return Finder{text, limits}.find();
}

}  // namespace sagewatch
