// The walk goes from token to token and looks at the text between them only where a value may begin. It exists twice:
// in a text without a backslash no key and no string needs to be unescaped. Of such a text its shape can be learnt
// (event_shapes.h), so that the next of its kind is not walked at all. Depth is bounded: by the check that made the
// text valid.
#include "rules/event_values.h"

#include <algorithm>
#include <cstring>
#include <utility>

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
        next_(out.walked_values_.data()),
        end_(next_ + out.walked_values_.size()) {}

  // The event's root. Answers how many values it has.
  std::uint32_t root() {
    object(1, PathTrie::root, 0);
    return value_count();
  }

 private:
  // `token`: behind the opening brace. Answers the token behind the closing one.
  std::size_t object(std::size_t token, PathTrie::Node node, std::uint32_t element) {
    const char* const kinds = kinds_;  // nobody writes to these, which a compiler cannot know
    const std::uint32_t* const places = places_;
    const char* const all = text_;
    while (kinds[token] == '"') {
      const char* key = all + places[token] + 1;
      std::uint32_t length = places[token + 1] - places[token] - 1;
      const char* at = key + length + 1;
      while (*at != ':') ++at;
      do ++at;
      while (is_space(*at));
      if constexpr (escapes) out_.unescape(key, length);
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

  static bool is_space(char c) { return static_cast<unsigned char>(c) <= ' '; }  // between tokens of valid text
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
        const auto own = static_cast<std::uint32_t>(out_.walked_.elements.size());
        out_.walked_.elements.push_back({array, element, value_count(), 0});
        token = container(token, *at, node, own);
        out_.walked_.elements[own].end = value_count();
        at = text_ + places_[token - 1] + 1;
      } else if (*at == ']') {
        if (array != unnumbered) out_.walked_.arrays[array].end = value_count();
        return token + 1;
      } else {
        add_bare(at, node, element);
        while (!is_space(*at) && *at != ',' && *at != ']') ++at;
      }
    }
  }

  std::uint32_t new_array() {
    out_.walked_.arrays.push_back({value_count(), 0});
    return static_cast<std::uint32_t>(out_.walked_.arrays.size() - 1);
  }
  std::uint32_t value_count() const { return static_cast<std::uint32_t>(next_ - out_.walked_values_.data()); }

  void add_string(std::size_t token, PathTrie::Node node, std::uint32_t element) {
    const PathId path = paths_.path_at(node);
    if (path == no_path) return;
    const char* text = text_ + places_[token] + 1;
    std::uint32_t length = places_[token + 1] - places_[token] - 1;
    if constexpr (escapes) out_.unescape(text, length);
    add(text, length, path, element, Scalar::Kind::string);
  }
  void add_bare(const char* text, PathTrie::Node node, std::uint32_t element) {
    const PathId path = paths_.path_at(node);
    if (path == no_path) return;
    add(text, 0, path, element, bare_kind(*text));
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
    value.text_id = no_text;
  }

  [[gnu::noinline]] void grow() {
    const std::size_t count = value_count();
    out_.walked_values_.resize(2 * count + 64);
    next_ = out_.walked_values_.data() + count;
    end_ = out_.walked_values_.data() + out_.walked_values_.size();
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
  forget(paths.path_count());
  stops_.find(event.text(), set);
  if (is_by_shape(shapes_of(paths).find(event.text(), stops_, set), event.text().size())) return true;
  tokens_.find(event.text(), set);
  return walk(event, paths);
}

bool EventValues::check_and_read(std::string_view text, JsonCheck& check, const EventPaths& paths, InstructionSet set) {
  forget(paths.path_count());
  stops_.find(text, set);
  EventShapes& shapes = shapes_of(paths);
  if (is_by_shape(shapes.check(text, stops_, set), text.size())) return true;
  const auto event = check.check(text, &tokens_);
  if (!event) return false;
  // The shapes look at no backslash unless the text is known to be valid.
  if (stops_.has_backslash() && is_by_shape(shapes.find(text, stops_, set), text.size())) return true;
  return walk(*event, paths);
}

bool EventValues::walk(ValidJson event, const EventPaths& paths) {
  const std::string_view text = event.text();
  if (tokens_.kinds()[0] != '{') return false;
  if (tokens_.has_backslash()) {
    clear_unescaped(text.size());
    chain_values(ValueWalk<true>{*this, text, paths}.root());
    return true;
  }
  chain_values(ValueWalk<false>{*this, text, paths}.root());
  if (EventShapes& shapes = shapes_of(paths); shapes.comes_again(tokens_)) {
    if (paths.path_count() <= EventLayout::first_max) {
      walked_.first.assign(first_.begin(), first_.begin() + static_cast<std::ptrdiff_t>(paths.path_count()));
    }
    shapes.learn(text, stops_, values(), walked_);
    walked_.first.clear();
  }
  return true;
}

// Unescaping never makes longer, so views into it stay good; words are read beyond the last.
void EventValues::clear_unescaped(std::size_t text_size) {
  unescaped_.clear();
  unescaped_.reserve(text_size + 64);
}

void EventValues::unescape(const char*& text, std::uint32_t& length) {
  if (length == 0 || std::memchr(text, '\\', length) == nullptr) return;
  const std::size_t begin = unescaped_.size();
  append_unescaped(unescaped_, {text, length});
  text = unescaped_.data() + begin;
  length = static_cast<std::uint32_t>(unescaped_.size() - begin);
}

void EventValues::forget(PathId path_count) {
  if (layout_->first.empty()) {
    for (const PathValues& at : layout_->paths) first_.data()[at.path] = no_value;
  }
  if (first_.size() < path_count) first_.resize(path_count, no_value);
  first_of_all_ = first_.data();
  values_ = {};
  layout_ = &walked_;
  walked_.clear();
  plan_ = &walked_plan_;
  walked_plan_.forget();
}

void EventValues::chain_values(std::uint32_t count) {
  values_ = {walked_values_.data(), count};
  for (std::uint32_t i = count; i-- > 0;) {
    EventValue& value = values_.data()[i];
    value.next = std::exchange(first_.data()[value.path], i);
    if (value.next == no_value) walked_.paths.push_back({value.path, i, 0});
  }
  for (PathValues& at : walked_.paths) {
    at.first = first_.data()[at.path];
    at.stands = class_absent;
    for (std::uint32_t i = at.first; i != no_value; i = values_.data()[i].next) {
      if (values_.data()[i].element != 0) {
        at.stands |= class_in_element;
      } else {
        at.stands &= ~class_absent;
      }
    }
  }
}

bool EventValues::is_by_shape(const EventShapes::Found& found, std::size_t text_size) {
  if (found.shape == nullptr) return false;
  values_ = found.values;
  if (stops_.has_backslash()) {
    clear_unescaped(text_size);
    for (EventValue& value : values_) unescape(value.text, value.length);
  }
  layout_ = &found.shape->layout();
  plan_ = &found.shape->plan();
  if (!layout_->first.empty()) {
    first_of_all_ = layout_->first.data();
    return true;
  }
  for (const PathValues& at : layout_->paths) first_.data()[at.path] = at.first;
  return true;
}

EventShapes& EventValues::shapes_of(const EventPaths& paths) {
  const auto found = std::find_if(known_.begin(), known_.end(), [&](const Known& k) { return k.paths == paths.id(); });
  if (found == known_.begin() && found != known_.end()) return *found->shapes;
  if (found != known_.end()) {
    std::rotate(known_.begin(), found, found + 1);
  } else if (known_.size() < known_max) {
    known_.insert(known_.begin(), Known{paths.id(), std::make_unique<EventShapes>()});
  } else {
    std::rotate(known_.begin(), known_.end() - 1, known_.end());
    known_.front().paths = paths.id();
    known_.front().shapes->forget();
  }
  return *known_.front().shapes;
}

}  // namespace sagewatch
