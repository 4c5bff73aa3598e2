#pragma once
// One scalar of an event at a mentioned path, and where it stands among others and among arrays.
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/class_word.h"
#include "rules/path_trie.h"
#include "rules/scalar.h"

namespace sagewatch {

inline constexpr std::uint32_t no_value = UINT32_MAX;  // in place of an index of values
inline constexpr std::uint32_t no_text = 0;            // in place of the number of a text

struct EventValue {
  const char* text = nullptr;  // string: unescaped; number: its first character; readable 64 bytes beyond
  double number = 0;           // set by whoever reads the number
  std::uint32_t length = 0;    // of a string
  PathId path = no_path;
  std::uint32_t element = 0;      // innermost array element that it stands in, or 0
  std::uint32_t next = no_value;  // of the same path, in the order of the text
  Scalar::Kind kind = Scalar::Kind::null_value;
  bool comparable = false;  // number: it has a value (comparable_number.h)
  // String: the number, among all texts that rules spell out, of the one that it is; no_text if it is none. Set by
  // whoever looks it up.
  std::uint32_t text_id = no_text;

  std::string_view view() const { return {text, length}; }
};

// What a value without quotes is, by its first character.
inline Scalar::Kind bare_kind(char first) {
  static constexpr auto kinds = [] {
    std::array<Scalar::Kind, 256> all{};
    all.fill(Scalar::Kind::number);
    all['t'] = Scalar::Kind::true_value;
    all['f'] = Scalar::Kind::false_value;
    all['n'] = Scalar::Kind::null_value;
    return all;
  }();
  return kinds.data()[static_cast<unsigned char>(first)];
}

// An element of an array that is itself an array or an object, so that what stands inside is bound to it.
struct ArrayElement {
  std::uint32_t array = 0;
  std::uint32_t parent = 0;  // the element that the array stands in, or 0
  std::uint32_t begin = 0;   // the first value inside, in the order of the text
  std::uint32_t end = 0;     // behind the last
};
struct ArrayExtent {  // the values inside of an array
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

// The values of one path, of which there is at least one.
struct PathValues {
  PathId path = no_path;
  std::uint32_t first = no_value;  // the others follow by EventValue::next
  ClassWord stands = 0;            // class_in_element: some stand in elements; class_absent: all do
};

// How an event's values stand.
struct EventLayout {
  std::vector<PathValues> paths;          // each once
  std::vector<ArrayElement> elements{1};  // the first stands for none
  std::vector<ArrayExtent> arrays;
  // By path, of all: the first value, or no_value; empty if the paths are many.
  std::vector<std::uint32_t> first;
  static constexpr std::size_t first_max = 256;

  void clear() {
    first.clear();
    paths.clear();
    elements.resize(1);
    arrays.clear();
  }
};

}  // namespace sagewatch
