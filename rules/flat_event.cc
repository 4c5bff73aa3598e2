// The walk. Containers on a mentioned way are levels on a stack of our own (the depth of events is somebody else's
// limit); all others are skipped by counting brackets. Strings are crossed with memchr: most bytes of an event are in
// strings. `inside_` holds the elements that the current value stands in: an array's step is there only while one of
// its elements that is itself a container is being read, because a scalar that is an element carries no step for it.
#include "rules/flat_event.h"

#include <cstring>

#include "events/base/result.h"
#include "rules/comparable_number.h"
#include "rules/json_string.h"

namespace sagewatch {

class EventWalk {
 public:
  EventWalk(FlatEvent& event, std::string_view text, const PathTrie& paths)
      : event_(event), paths_(paths), at_(text.data()), end_(text.data() + text.size()) {}

  void run() {
    skip_space();
    if (at_ == end_ || *at_ != '{') return;
    ++at_;
    event_.levels_.push_back({});
    while (!event_.levels_.empty() && at_ < end_) step();
  }

 private:
  // One member or element of the innermost level, or its end.
  void step() {
    skip_separators();
    if (at_ == end_) return;
    if (*at_ == '}' || *at_ == ']') {
      ++at_;
      close();
      return;
    }
    FlatEvent::Level& level = event_.levels_.back();
    if (level.array != FlatEvent::none) {
      read_value(level.node, &level);
      return;
    }
    const std::string_view key = read_string();
    skip_separators();
    const PathTrie::Node node = paths_.step(level.node, key);
    if (node == PathTrie::nowhere) {
      skip_value();
    } else {
      read_value(node, nullptr);
    }
  }

  void close() {
    event_.levels_.pop_back();
    if (event_.levels_.empty()) return;
    FlatEvent::Level& outer = event_.levels_.back();
    if (outer.array == FlatEvent::none) return;
    event_.inside_.pop_back();
    ++outer.element;
  }

  // `array`: the level whose element this is, null for the value of a key.
  void read_value(PathTrie::Node node, FlatEvent::Level* array) {
    if (at_ == end_) return;
    const char c = *at_;
    if (c == '{' || c == '[') {
      // Nothing below an object that no path goes through; an array's own scalars count even so.
      if (c == '{' && paths_.is_leaf(node)) {
        skip_value();
        if (array) ++array->element;
        return;
      }
      ++at_;
      if (array) event_.inside_.push_back({array->array, array->element});
      event_.levels_.push_back({node, c == '[' ? arrays_++ : FlatEvent::none, 0});
      return;
    }
    const PathId path = paths_.path_at(node);
    if (path == no_path) {
      skip_value();
    } else {
      add(path, read_scalar());
    }
    if (array) ++array->element;
  }

  Scalar read_scalar() {
    switch (*at_) {
      case '"':
        return {Scalar::Kind::string, read_string(), {}};
      case 't':
        return word(4, Scalar::Kind::true_value);
      case 'f':
        return word(5, Scalar::Kind::false_value);
      case 'n':
        return word(4, Scalar::Kind::null_value);
      default:
        break;
    }
    const char* begin = at_;
    skip_bare();
    const std::string_view spelling{begin, static_cast<std::size_t>(at_ - begin)};
    return {Scalar::Kind::number, spelling, comparable_number(spelling)};
  }
  Scalar word(std::ptrdiff_t length, Scalar::Kind kind) {
    at_ = end_ - at_ < length ? end_ : at_ + length;
    return {kind, {}, {}};
  }

  void add(PathId path, const Scalar& value) {
    const auto index = static_cast<std::uint32_t>(event_.fields_.size());
    const auto membership = static_cast<std::uint32_t>(event_.steps_.size());
    event_.steps_.insert(event_.steps_.end(), event_.inside_.begin(), event_.inside_.end());
    event_.fields_.push_back({value, membership, static_cast<std::uint32_t>(event_.inside_.size()), FlatEvent::none});
    FlatEvent::PathFields& of_path = event_.first_[path];
    if (of_path.field == FlatEvent::none) {
      of_path.field = index;
      event_.touched_.push_back(path);
    } else {
      event_.fields_[of_path.last].next = index;
    }
    of_path.last = index;
  }

  std::string_view read_string() {
    const char* begin = at_ + 1;
    skip_string();
    const std::string_view raw{begin, static_cast<std::size_t>(at_ - begin) - 1};
    if (raw.empty() || std::memchr(raw.data(), '\\', raw.size()) == nullptr) return raw;
    const std::size_t from = event_.unescaped_.size();
    append_unescaped(event_.unescaped_, raw);
    return std::string_view{event_.unescaped_}.substr(from);
  }

  // A quote ends the string unless an odd number of backslashes stands before it.
  void skip_string() {
    const char* begin = ++at_;
    while (true) {
      const void* found = std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_));
      SW_MUST(found != nullptr, "the text was checked: each string has its closing quote");
      const char* quote = static_cast<const char*>(found);
      const char* before = quote;
      while (before != begin && before[-1] == '\\') --before;
      at_ = quote + 1;
      if ((quote - before) % 2 == 0) return;
    }
  }

  void skip_value() {
    std::size_t depth = 0;
    do {
      switch (*at_) {
        case '"':
          skip_string();
          break;
        case '{':
        case '[':
          ++depth;
          ++at_;
          break;
        case '}':
        case ']':
          --depth;
          ++at_;
          break;
        default:
          depth == 0 ? skip_bare() : static_cast<void>(++at_);
      }
    } while (depth != 0 && at_ < end_);
  }

  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
  void skip_space() {
    while (at_ < end_ && is_space(*at_)) ++at_;
  }
  void skip_separators() {
    while (at_ < end_ && (is_space(*at_) || *at_ == ',' || *at_ == ':')) ++at_;
  }
  // A number or a word.
  void skip_bare() {
    while (at_ < end_ && *at_ != ',' && *at_ != '}' && *at_ != ']' && !is_space(*at_)) ++at_;
  }

  FlatEvent& event_;
  const PathTrie& paths_;
  const char* at_;
  const char* end_;
  std::uint32_t arrays_ = 0;
};

void FlatEvent::flatten(ValidJson event, const PathTrie& paths) {
  for (const PathId path : touched_) first_[path] = {};
  if (first_.size() < paths.path_count()) first_.resize(paths.path_count());
  touched_.clear();
  fields_.clear();
  steps_.clear();
  levels_.clear();
  inside_.clear();
  unescaped_.clear();
  unescaped_.reserve(event.text().size());  // unescaping never makes longer, so views into it stay good
  EventWalk{*this, event.text(), paths}.run();
}

}  // namespace sagewatch
