// The walk goes from token to token and looks at the text between them only where a value may begin. It exists twice:
// in a text without a backslash no key and no string needs to be unescaped. Depth is bounded: by the check that made
// the text valid.
#include "rules/event_values.h"

#include <cstring>

#include "rules/json_string.h"

namespace sagewatch {

template <bool escapes>
class ValueWalk {
 public:
  ValueWalk(EventValues& out, std::string_view text, const EventPaths& paths)
      : out_(out),
        text_(text.data()),
        paths_(paths),
        places_(out.tokens_.places()),
        kinds_(out.tokens_.kinds()),
        next_(out.values_.data()),
        end_(next_ + out.values_.size()) {}

  // The event's root. Answers how many values it has.
  std::size_t root() {
    object(1, PathTrie::root, 0);
    return value_count();
  }

 private:
  // `token`: behind the opening brace. Answers the token behind the closing one.
  std::size_t object(std::size_t token, PathTrie::Node node, std::uint32_t element) {
    while (kinds_[token] == '"') {
      const char* key = text_ + places_[token] + 1;
      std::uint32_t length = places_[token + 1] - places_[token] - 1;
      const char* at = key + length + 1;
      while (*at != ':') ++at;
      do ++at;
      while (is_space(*at));
      if constexpr (escapes) unescape(key, length);
      token += 2;
      const PathTrie::Node child = paths_.step(node, key, length);
      if (*at == '"') {
        if (child != PathTrie::nowhere) add_string(token, child, element);
        token += 2;
      } else if (is_open(*at)) {
        token = container(token, *at, child, element);
      } else if (child != PathTrie::nowhere) {
        add_bare(at, child, element);
      }
    }
    return token + 1;
  }

  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
  static bool is_open(char c) { return (c | 0x20) == '{'; }

  // `token`: the opening bracket. Answers the token behind the closing one.
  std::size_t container(std::size_t token, char bracket, PathTrie::Node node, std::uint32_t element) {
    if (node == PathTrie::nowhere) return out_.tokens_.behind_close(token + 1);
    if (bracket == '[') return array(token + 1, node, element);
    return paths_.goes_on(node) ? object(token + 1, node, element) : out_.tokens_.behind_close(token + 1);
  }

  std::size_t array(std::size_t token, PathTrie::Node node, std::uint32_t element) {
    constexpr std::uint32_t unnumbered = UINT32_MAX;
    std::uint32_t array = unnumbered;
    const char* at = text_ + places_[token - 1] + 1;
    while (true) {
      while (is_space(*at) || *at == ',') ++at;
      if (*at == '"') {
        add_string(token, node, element);
        at = text_ + places_[token + 1] + 1;
        token += 2;
      } else if (is_open(*at)) {
        if (array == unnumbered) array = new_array();
        const auto own = static_cast<std::uint32_t>(out_.elements_.size());
        out_.elements_.push_back({array, element, value_count(), 0});
        token = container(token, *at, node, own);
        out_.elements_[own].end = value_count();
        at = text_ + places_[token - 1] + 1;
      } else if (*at == ']') {
        if (array != unnumbered) out_.arrays_[array].end = value_count();
        return token + 1;
      } else {
        add_bare(at, node, element);
        while (!is_space(*at) && *at != ',' && *at != ']') ++at;
      }
    }
  }

  std::uint32_t new_array() {
    out_.arrays_.push_back({value_count(), 0});
    return static_cast<std::uint32_t>(out_.arrays_.size() - 1);
  }
  std::uint32_t value_count() const { return static_cast<std::uint32_t>(next_ - out_.values_.data()); }

  void add_string(std::size_t token, PathTrie::Node node, std::uint32_t element) {
    const PathId path = paths_.path_at(node);
    if (path == no_path) return;
    const char* text = text_ + places_[token] + 1;
    std::uint32_t length = places_[token + 1] - places_[token] - 1;
    if constexpr (escapes) unescape(text, length);
    add(text, length, path, element, Scalar::Kind::string);
  }
  void add_bare(const char* text, PathTrie::Node node, std::uint32_t element) {
    const PathId path = paths_.path_at(node);
    if (path != no_path) add(text, 0, path, element, kind_of(*text));
  }
  static Scalar::Kind kind_of(char c) {
    switch (c) {
      case 't':
        return Scalar::Kind::true_value;
      case 'f':
        return Scalar::Kind::false_value;
      case 'n':
        return Scalar::Kind::null_value;
      default:
        return Scalar::Kind::number;
    }
  }
  void add(const char* text, std::uint32_t length, PathId path, std::uint32_t element, Scalar::Kind kind) {
    if (next_ == end_) grow();
    EventValue& value = *next_++;
    value.text = text;
    value.length = length;
    value.path = path;
    value.element = element;
    value.kind = kind;
    value.comparable = false;
    value.quick = quick_hash(text, length);
  }

  void unescape(const char*& text, std::uint32_t& length) {
    if (length == 0 || std::memchr(text, '\\', length) == nullptr) return;
    const std::size_t begin = out_.unescaped_.size();
    append_unescaped(out_.unescaped_, {text, length});
    text = out_.unescaped_.data() + begin;
    length = static_cast<std::uint32_t>(out_.unescaped_.size() - begin);
  }

  [[gnu::noinline]] void grow() {
    const std::size_t count = value_count();
    out_.values_.resize(2 * count + 64);
    next_ = out_.values_.data() + count;
    end_ = out_.values_.data() + out_.values_.size();
  }

  EventValues& out_;
  const char* text_;
  const EventPaths& paths_;
  const std::uint32_t* places_;
  const char* kinds_;
  EventValue* next_;  // in out_.values_
  EventValue* end_;   // of their room
};

bool EventValues::read(ValidJson event, const EventPaths& paths, InstructionSet set) {
  count_ = 0;
  elements_.resize(1);
  arrays_.clear();
  const std::string_view text = event.text();
  tokens_.find(text, set);
  if (tokens_.kinds()[0] != '{') return false;
  if (!tokens_.has_backslash()) {
    count_ = ValueWalk<false>{*this, text, paths}.root();
    return true;
  }
  // Unescaping never makes longer, so views into it stay good; words are read beyond the last.
  unescaped_.clear();
  unescaped_.reserve(text.size() + 64);
  count_ = ValueWalk<true>{*this, text, paths}.root();
  return true;
}

}  // namespace sagewatch
