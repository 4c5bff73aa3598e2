// The walk keeps a stack of what is open: which node of the trie it stands for (nowhere, off the ways that patterns
// mention), the key or element being read. A place is written from the stack, and only for what was asked.
#include "rules/event_survey.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/display.h"
#include "rules/json_reader.h"
#include "rules/likeness.h"

namespace sagewatch {
namespace {

constexpr std::size_t names_max = 200;      // looked at beside a missing name
constexpr std::size_t name_bytes_max = 60;  // longer ones are shown cut

std::string lower(std::string_view text) {
  std::string result{text};
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

std::string_view last_name(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

// ".name", "name", `["odd.name"]`
void append_key(std::string& place, std::string_view key) {
  const bool is_plain = !key.empty() && key.size() <= name_bytes_max && key.find('.') == std::string_view::npos &&
                        display_path(key) == key;
  if (is_plain) {
    if (!place.empty()) place.push_back('.');
    place += key;
  } else {
    place += "[" + quoted(key, name_bytes_max) + "]";
  }
}

Scalar scalar_of(JsonToken token, std::string_view text) {
  switch (token) {
    case JsonToken::string:
      return {Scalar::Kind::string, text, {}};
    case JsonToken::number:
      return {Scalar::Kind::number, text, {}};
    case JsonToken::true_value:
      return {Scalar::Kind::true_value, {}, {}};
    case JsonToken::false_value:
      return {Scalar::Kind::false_value, {}, {}};
    default:
      return {Scalar::Kind::null_value, {}, {}};
  }
}

}  // namespace

class SurveyWalk {
 public:
  SurveyWalk(EventSurvey& survey, std::string_view text) : survey_(survey), json_(text) {}

  void run() {
    for (JsonToken token = json_.next(); token != JsonToken::end && token != JsonToken::invalid; token = json_.next()) {
      switch (token) {
        case JsonToken::begin_object:
        case JsonToken::begin_array:
          open(token == JsonToken::begin_array);
          break;
        case JsonToken::end_object:
        case JsonToken::end_array:
          stack_.pop_back();
          behind_value();
          break;
        case JsonToken::key:
          read_key();
          break;
        default:
          read_scalar(token);
          behind_value();
      }
    }
  }

 private:
  using Node = PathTrie::Node;
  struct Open {
    Node node = PathTrie::root;
    bool is_array = false;
    std::uint32_t element = 0;
    std::string key;                    // of the member being read
    Node key_node = PathTrie::nowhere;  // where it leads
  };

  Node node_here() const {
    if (stack_.empty()) return PathTrie::root;
    return stack_.back().is_array ? stack_.back().node : stack_.back().key_node;
  }

  void note_shape(Shape shape) {
    const auto level = survey_.levels_.find(node_here());
    if (level != survey_.levels_.end()) level->second.shape = std::max(level->second.shape, shape);
  }

  void open(bool is_array) {
    note_shape(is_array ? Shape::empty_array : Shape::empty_object);
    note_member("");
    stack_.push_back({node_here(), is_array, 0, {}, PathTrie::nowhere});
  }

  void behind_value() {
    if (stack_.empty() || !stack_.back().is_array) return;
    const auto level = survey_.levels_.find(stack_.back().node);
    if (level != survey_.levels_.end()) level->second.shape = std::max(level->second.shape, Shape::array);
    ++stack_.back().element;
  }

  void read_key() {
    Open& here = stack_.back();
    here.key = json_.text();
    here.key_node = here.node == PathTrie::nowhere ? PathTrie::nowhere : survey_.trie_.step(here.node, here.key);
    if (const auto level = survey_.levels_.find(here.node); level != survey_.levels_.end()) {
      auto& [shape, names, values] = level->second;
      shape = Shape::object;
      if (names.size() < names_max && std::find(names.begin(), names.end(), here.key) == names.end()) {
        names.push_back(here.key);
        values.emplace_back();
        has_new_name_ = true;
      }
    }
    if (survey_.by_last_name_.empty()) return;
    const auto [begin, end] = survey_.by_last_name_.equal_range(lower(last_name(here.key)));
    for (auto path = begin; path != end; ++path) note_elsewhere(path->second);
  }

  void note_elsewhere(const std::string& path) {
    EventSurvey::Elsewhere& known = survey_.elsewhere_[path];
    const bool is_exact = last_name(stack_.back().key) == last_name(path);
    if (!known.found.path.empty() && (known.is_exact || !is_exact)) return;
    known = {{place(), {}}, is_exact};
    new_place_ = &known;
  }

  // The value of the key just read, as JSON; empty for an object or array.
  void note_member(const std::string& json) {
    if (!stack_.empty() && has_new_name_) survey_.levels_.at(stack_.back().node).values.back() = json;
    if (new_place_ != nullptr) new_place_->found.value = json;
    has_new_name_ = false;
    new_place_ = nullptr;
  }

  void read_scalar(JsonToken token) {
    note_shape(token == JsonToken::string ? Shape::string : Shape::scalar);
    if (has_new_name_ || new_place_ != nullptr) note_member(display(scalar_of(token, json_.text())).json);
    const Node node = node_here();
    if (node == PathTrie::nowhere) return;
    const PathId path = survey_.trie_.path_at(node);
    const auto seen = survey_.seen_.find(path);
    if (seen == survey_.seen_.end()) return;
    const auto wanted = survey_.places_.find({path, seen->second++});
    if (wanted == survey_.places_.end()) return;
    wanted->second.place = place();
    // A scalar that is itself an element stands in no element of that array: rules/flat_event.h.
    for (std::size_t i = 0; i + 1 < stack_.size(); ++i) {
      if (stack_[i].is_array) wanted->second.arrays.push_back(place_of(i));
    }
  }

  std::string place() const { return place_of(stack_.size()); }
  // Of what is open at `depth`.
  std::string place_of(std::size_t depth) const {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) {
      if (stack_[i].is_array) {
        text += fmt::format("[{}]", stack_[i].element);
      } else {
        append_key(text, stack_[i].key);
      }
    }
    return text;
  }

  EventSurvey& survey_;
  JsonReader json_;
  std::vector<Open> stack_;
  bool has_new_name_ = false;  // the key just read is the last of its level's names
  EventSurvey::Elsewhere* new_place_ = nullptr;
};

void EventSurvey::want_place(PathId path, std::uint32_t occurrence) {
  places_[{path, occurrence}];
  seen_[path] = 0;
}

void EventSurvey::want_neighbours(const std::string& path) {
  levels_[PathTrie::root];
  for (std::size_t dot = path.find('.');; dot = path.find('.', dot + 1)) {
    levels_[trie_.step(PathTrie::root, std::string_view{path}.substr(0, dot))];
    if (dot == std::string::npos) break;
  }
  if (elsewhere_.emplace(path, Elsewhere{}).second) by_last_name_.emplace(lower(last_name(path)), path);
}

void EventSurvey::run(ValidJson event) {
  SurveyWalk{*this, event.text()}.run();
}

Neighbourhood EventSurvey::neighbours(const std::string& path) const {
  Neighbourhood result;
  const std::string_view whole = path;
  const Level* level = &levels_.at(PathTrie::root);
  result.holder_shape = level->shape;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    const Level& next = levels_.at(trie_.step(PathTrie::root, whole.substr(0, dot)));
    if (next.shape == Shape::nothing) {
      result.missing = whole.substr(begin, dot - begin);
      break;
    }
    level = &next;
    if (dot == path.size()) {
      result.shape = next.shape;
      return result;
    }
    result.holder = whole.substr(0, dot);
    result.holder_shape = next.shape;
    begin = dot + 1;
  }
  if (const LikeName like = most_like(result.missing, level->names); like.name != nullptr) {
    const auto index = static_cast<std::size_t>(like.name - level->names.data());
    result.nearest = {result.holder.empty() ? *like.name : result.holder + "." + *like.name, level->values[index]};
    result.is_near_but_for_case = like.likeness != Likeness::typo;
  }
  if (const auto known = elsewhere_.find(path); known != elsewhere_.end()) result.elsewhere = known->second.found;
  if (result.elsewhere.path == result.nearest.path) result.elsewhere = {};
  return result;
}

}  // namespace sagewatch
