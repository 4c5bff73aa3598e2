#pragma once
// Steps through a valid JSON text without building anything: simdjson's first stage finds where every bracket, comma,
// colon and value begins, and the caller goes from one to the next, reading what it wants and skipping the rest. This
// reads fields of an event in about half of the time of a DOM (events_bench.cc), and borrows all strings from the text.
//
// Relies on valid text: ValidJson is the proof. One per thread. The stage is reached through simdjson's parser
// interface below its public one (internal::dom_parser_implementation, the same in all 3.x); this is its only user.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "events/valid_json.h"

namespace sagewatch {

class JsonWalk {
 public:
  using Place = const std::uint32_t*;  // of a value; good until the next begin()

  JsonWalk();
  ~JsonWalk();

  // Goes to the text's only value. False if it is no JSON, which valid text cannot be.
  bool begin(ValidJson json);

  // The first character of the value here: { [ " t f n - or a digit.
  char type() const { return text_[*at_]; }
  Place place() const { return at_; }
  void go_to(Place place) { at_ = place; }

  // Each reads the value here and steps behind it.
  std::string_view raw_string() {  // between the quotes, escapes as written
    const std::uint32_t begin = *at_ + 1;
    std::uint32_t end = *++at_ - 1;
    while (text_[end] != '"') --end;  // only blanks stand behind the closing quote
    return {text_ + begin, end - begin};
  }
  std::string_view scalar() {  // number, true, false, null
    const std::uint32_t begin = *at_;
    std::uint32_t end = *++at_;
    while (end > begin && is_space(text_[end - 1])) --end;
    return {text_ + begin, end - begin};
  }
  void skip() {
    int depth = 0;
    do {
      const int bracket = text_[*at_++] | 0x20;  // [ and { are the same now, and so are ] and }
      depth += (bracket == '{') - (bracket == '}');
    } while (depth > 0);
  }
  // `each` is called with every key (as written) and must read or skip its value.
  template <class Each>
  void object(Each&& each) {
    if (text_[*++at_] == '}') return void(++at_);
    do {
      const std::string_view key = raw_string();
      ++at_;  // :
      each(key);
    } while (text_[*at_++] == ',');
  }
  template <class Each>
  void array(Each&& each) {
    if (text_[*++at_] == ']') return void(++at_);
    do each();
    while (text_[*at_++] == ',');
  }

  // Without escapes. `raw` is of this text; the answer borrows from it, or from here until the next begin().
  std::string_view unescaped(std::string_view raw) { return has_escapes_ ? unescape(raw) : raw; }
  bool has_escapes() const { return has_escapes_; }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  std::string_view unescape(std::string_view raw);

  struct Stage;
  std::unique_ptr<Stage> stage_;
  const char* text_ = nullptr;
  Place at_ = nullptr;
  bool has_escapes_ = false;
  std::string unescaped_;  // never grows beyond what begin() reserved
};

}  // namespace sagewatch
