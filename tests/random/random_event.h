#pragma once
// Random events: any nesting of objects and arrays with repeated and dotted keys, and events made to be accepted by a
// given pattern, or nearly so, which chance alone would seldom hit. Written with all kinds of white space and escapes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "rules/pattern.h"
#include "tests/random/vocabulary.h"

namespace sagewatch {

class EventWriter {
 public:
  explicit EventWriter(Vocabulary& words) : words_(words), choices_(words.choices()) {}

  std::string event() {
    Value root{Kind::object};
    add_random_members(root, 0);
    return written(root);
  }

  // With a value at each path of a conjunction of some of the patterns that an alternative accepts, mostly.
  std::string event_for(std::span<const Pattern> patterns) {
    Value root{Kind::object};
    if (choices_.one_in(2)) add_random_members(root, 2);
    for (std::size_t i = 1 + choices_.below(6); i > 0; --i) aim_at(patterns[choices_.below(patterns.size())], root);
    if (choices_.one_in(3)) add_random_members(root, 1);
    if (choices_.one_in(4)) std::reverse(root.members.begin(), root.members.end());
    return written(root);
  }

 private:
  enum class Kind { object, array, scalar };
  struct Value {
    Kind kind = Kind::scalar;
    std::string written{};  // scalar: as JSON
    std::vector<std::pair<std::string, Value>> members{};
    std::vector<Value> items{};
  };
  static Value scalar_of(std::string json) { return {Kind::scalar, std::move(json), {}, {}}; }

  std::string scalar() {
    switch (choices_.below(9)) {
      case 0:
      case 1:
        return words_.number();
      case 5:
        return words_.quoted(words_.nearly(words_.text()));
      case 2:
        return words_.respelled(words_.number());
      case 3:
        return choices_.pick(std::array{"true", "false", "null"});
      case 4:
        return words_.quoted(words_.recased(words_.text()));
      default:
        return words_.quoted(words_.text());
    }
  }

  // ---- structure ----

  Value value(int depth) {
    const std::size_t kind = depth > 4 ? 9 : choices_.below(10);
    if (kind < 2) {
      Value object{Kind::object};
      add_random_members(object, depth + 1);
      return object;
    }
    if (kind < 5) {
      Value array{Kind::array};
      for (std::size_t i = choices_.below(4); i > 0; --i) array.items.push_back(value(depth + 1));
      return array;
    }
    return scalar_of(scalar());
  }
  void add_random_members(Value& object, int depth) {
    for (std::size_t i = choices_.below(5); i > 0; --i) object.members.emplace_back(words_.name(), value(depth));
    if (choices_.one_in(10)) object.members.emplace_back("noise", scalar_of(noise()));
    if (choices_.one_in(60)) object.members.emplace_back(words_.name(), crowd());
  }
  // What nobody asks for and everybody must get across.
  std::string noise() {
    const std::size_t size = 1 + choices_.below(300);
    switch (choices_.below(6)) {
      case 0:
        return "\"" + std::string(size, 'n') + "\"";
      case 1:
        return "\"" + std::string(2 * (size / 2), '\\') + "\"";
      case 2:
        return "\"" + std::string(2 * (size / 2) + 1, '\\') + R"("}],\"a\":[)" + "\"";
      case 3:
        return R"("{[\"a\":\"x\",)" + std::string(size, ']') + "}\"";
      case 4:
        return std::string(size, '[') + std::string(size, ']');
      default: {
        std::string text;
        for (std::size_t i = 0; i < size; ++i) text += R"({"a":)";
        return text + words_.quoted(words_.text()) + std::string(size, '}');
      }
    }
  }
  Value crowd() {
    Value all{choices_.one_in(2) ? Kind::object : Kind::array};
    for (std::size_t i = 60 + choices_.below(700); i > 0; --i) {
      if (all.kind == Kind::object) {
        all.members.emplace_back(choices_.one_in(9) ? words_.name() : fmt::format("k{}", i), scalar_of("1"));
      } else {
        all.items.push_back(choices_.one_in(9) ? value(4) : scalar_of(scalar()));
      }
    }
    return all;
  }

  void aim_at(const Pattern& pattern, Value& root) {
    const auto conjunctions = pattern.conjunctions();
    for (const FieldTest& test : conjunctions[choices_.below(conjunctions.size())]) {
      if (choices_.one_in(12)) continue;
      const auto alternatives = pattern.alternatives(test.value);
      const std::string value = witness(alternatives[choices_.below(alternatives.size())]);
      if (!value.empty()) place(root, pattern.paths()[test.path], value);
    }
  }

  // ---- a value at a path, in one of the many ways to spell the path ----

  void place(Value& object, std::string_view path, const std::string& json) {
    std::size_t cut = path.find('.');
    while (cut != std::string_view::npos && choices_.one_in(6)) cut = path.find('.', cut + 1);
    const std::string key{path.substr(0, cut)};
    if (choices_.one_in(60)) object.members.emplace_back(words_.nearly(key), scalar_of(json));
    if (cut == std::string_view::npos) {
      object.members.emplace_back(key, in_array(scalar_of(json)));
      return;
    }
    Value* below = choices_.one_in(8) ? nullptr : container(object, key);
    if (below == nullptr) {
      object.members.emplace_back(key, in_array(Value{Kind::object}));
      below = innermost(object.members.back().second);
    }
    place(*below, path.substr(cut + 1), json);
  }
  // The object that a key leads to already; in an array, mostly the last element.
  Value* container(Value& object, const std::string& key) {
    for (std::size_t i = object.members.size(); i > 0; --i) {
      if (object.members[i - 1].first == key) return innermost(object.members[i - 1].second);
    }
    return nullptr;
  }
  Value* innermost(Value& value) {
    if (value.kind == Kind::object) return &value;
    if (value.kind == Kind::scalar) return nullptr;
    if (!choices_.one_in(4)) {
      for (std::size_t i = value.items.size(); i > 0; --i) {
        if (Value* found = innermost(value.items[i - 1])) return found;
      }
    }
    if (choices_.one_in(12)) value.items.resize(value.items.size() + distance() - 1, Value{Kind::object});
    value.items.push_back(Value{Kind::object});
    return &value.items.back();
  }
  // Where counters of few bits would begin anew.
  std::size_t distance() {
    static constexpr std::array distances = {2, 8, 16, 32, 64, 128, 256};
    return static_cast<std::size_t>(choices_.pick(distances));
  }
  Value in_array(Value value) {
    for (std::size_t levels = choices_.one_in(3) ? 1 + choices_.below(2) : 0; levels > 0; --levels) {
      Value array{Kind::array};
      if (choices_.one_in(3)) array.items.push_back(scalar_of(scalar()));
      array.items.push_back(std::move(value));
      if (choices_.one_in(3)) array.items.push_back(scalar_of(scalar()));
      value = std::move(array);
    }
    return value;
  }

  // ---- a value that an alternative accepts, or nearly ----

  std::string witness(const Alternative& alternative) {
    if (choices_.one_in(12)) return scalar();
    return std::visit([this](const auto& test) { return accepted(test); }, alternative.test);
  }
  std::string accepted(const ExactText& test) {
    return words_.quoted(choices_.one_in(6) ? words_.nearly(test.text) : test.text);
  }
  std::string accepted(const ExactAddress&) { return words_.quoted(words_.address()); }
  std::string accepted(const ExactNumber& test) { return words_.respelled(test.spelling); }
  std::string accepted(const ExactWord& test) {
    if (test.word == Scalar::Kind::null_value) return "null";
    return test.word == Scalar::Kind::true_value ? "true" : "false";
  }
  std::string accepted(const Prefix& test) { return words_.quoted(test.text + words_.scrap()); }
  std::string accepted(const Suffix& test) { return words_.quoted(words_.scrap() + test.text); }
  std::string accepted(const EqualsIgnoreCase& test) { return words_.quoted(words_.recased(test.text.text())); }
  std::string accepted(const PrefixIgnoreCase& test) {
    return words_.quoted(words_.recased(test.text.text()) + words_.scrap());
  }
  std::string accepted(const SuffixIgnoreCase& test) {
    return words_.quoted(words_.scrap() + words_.recased(test.text.text()));
  }
  std::string accepted(const Wildcard& test) {
    std::string text = test.pieces().front();
    for (std::size_t i = 1; i < test.pieces().size(); ++i) text += words_.scrap() + test.pieces()[i];
    return words_.quoted(text);
  }
  std::string accepted(const NumericRange& test) {
    const double bound = test.bottom ? test.bottom->value : test.top ? test.top->value : 0;
    const double off = static_cast<double>(choices_.below(5)) - 2;
    return fmt::format("{}", choices_.one_in(2) && test.top ? test.top->value + off : bound + off);
  }
  std::string accepted(const CidrBlock&) { return words_.quoted(words_.address()); }
  std::string accepted(const Exists&) { return scalar(); }
  std::string accepted(const Absent&) { return choices_.one_in(4) ? scalar() : ""; }
  std::string accepted(const AnythingBut& test) {
    return choices_.one_in(2) ? scalar() : witness(test.excluded[choices_.below(test.excluded.size())]);
  }

  // ---- writing ----

  std::string written(const Value& root) {
    style_ = choices_.below(3);
    std::string out = gap();
    write(root, out);
    return out + gap();
  }
  std::string gap() {
    static constexpr std::array odd = {"", " ", "\n", "\t", "\r\n", "  \t\n "};
    if (style_ == 0) return "";
    if (style_ == 1) return choices_.one_in(3) ? " " : "";
    return choices_.one_in(20) ? std::string(choices_.below(130), ' ') : choices_.pick(odd);
  }
  void write(const Value& value, std::string& out) {
    if (value.kind == Kind::scalar) {
      out += value.written;
      return;
    }
    const bool is_object = value.kind == Kind::object;
    out += (is_object ? "{" : "[") + gap();
    bool first = true;
    for (const auto& [key, member] : value.members) {
      out += (first ? "" : "," + gap()) + words_.quoted(key) + gap() + ":" + gap();
      write(member, out);
      out += gap();
      first = false;
    }
    for (const Value& item : value.items) {
      out += first ? "" : "," + gap();
      write(item, out);
      out += gap();
      first = false;
    }
    out += is_object ? "}" : "]";
  }

  Vocabulary& words_;
  Choices& choices_;
  std::size_t style_ = 0;
};

}  // namespace sagewatch
