#pragma once
// What an event's values at one path come down to: a word in which each bit says "there is a value of this class". A
// rule's test of the path is a word, too, of the classes that it may accept; where the two share no bit, the rule does
// not match, and that is all that most rules ever need to be asked. Classes are as fine as a word allows:
//
//   bit 0      absent: no value, or all of them in elements of arrays, where they may not count
//   bit 1      a string that no rule spells out       2, 3, 4   true, false, null       5   a number without a value
//   bit 6-30   strings that rules spell out, and numbers by their place among the rules' numbers: each in a class
//              of its own if there are few, else shared; where there are very many strings, or none, a string is of a
//              second class, too, by how it begins
//   bit 31     some value stands in an element of an array: of no class, but of interest to who reads the word
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/alternative.h"
#include "rules/byte_words.h"

namespace sagewatch {

using ClassWord = std::uint32_t;

inline constexpr ClassWord class_absent = 1U << 0;
inline constexpr ClassWord class_other_string = 1U << 1;
inline constexpr ClassWord class_odd_number = 1U << 5;
inline constexpr ClassWord class_in_element = 1U << 31;
inline constexpr ClassWord class_anything = ~class_in_element;  // what meets every mask

inline ClassWord class_of_word(Scalar::Kind word) {
  return 4U << (static_cast<unsigned>(word) - static_cast<unsigned>(Scalar::Kind::true_value));
}

// Places of numbers among k constants are 0 to 2k: below the first, the first itself, between it and the second, ...
struct NumberClasses {
  std::uint32_t first_bit = 6;
  std::uint32_t count = 1;   // bits
  std::uint32_t places = 1;  // 2k + 1

  ClassWord of(std::uint32_t place) const {
    return 1U << (first_bit + (places <= count ? place : place * std::uint64_t{count} / places));
  }
  bool are_exact() const { return places <= count; }
};

// Classes of strings by eight bytes at their beginning. Strings that begin with the same `length` bytes share one; a
// shorter string is of any.
struct BeginningClasses {
  std::uint32_t length = 0;  // behind those bytes; 0: there are no such classes
  std::uint32_t first_bit = 6;
  std::uint32_t count = 1;  // bits

  // `text`: readable 8 bytes beyond.
  ClassWord of(const char* text, std::size_t size) const {
    const std::uint64_t hash = tail_word(text, std::min<std::size_t>(length, size)) * 0x9e37'79b9'7f4a'7c15;
    return 1U << (first_bit + ((hash >> 32) * count >> 32));
  }
};

class ClassLayout {
 public:
  struct Mask {
    ClassWord bits = 0;
    bool is_exact = false;  // the test accepts every value of these classes, not just some
  };

  // `texts`: all strings that tests of the path spell out, `numbers`: all numbers, sorted, each once. Borrows both.
  // `beginnings`: lengths of beginnings that tests ask for.
  struct Beginning {
    std::uint32_t length = 0;
    double share = 0;  // of the beginnings: those that are at least as long
    double parts = 1;  // so many different ones of them, of this length
  };
  ClassLayout(std::span<const std::string_view> texts, std::span<const double> numbers,
              std::span<const Beginning> beginnings = {});

  bool texts_are_exact() const { return texts_.size() <= text_count_; }
  // `ordinal`: a text's index in `texts`.
  ClassWord of_text(std::uint32_t ordinal) const { return 1U << (text_first_ + ordinal % text_count_); }

  const BeginningClasses& beginnings() const { return beginnings_; }
  const NumberClasses& numbers() const { return numbers_; }
  // The least number of each class but the first, ascending: a number's class is how many of them it reaches.
  std::vector<double> number_bounds() const;
  // `ordinal_of`: a text's ordinal.
  template <class OrdinalOf>
  Mask mask(std::span<const Alternative> alternatives, OrdinalOf ordinal_of) const {
    Mask sum{0, true};
    for (const Alternative& alternative : alternatives) {
      if (const auto* exact = std::get_if<ExactText>(&alternative.test)) {
        sum.bits |= of_text(ordinal_of(exact->text));
        sum.is_exact = sum.is_exact && texts_are_exact();
      } else {
        add_other(sum, alternative);
      }
    }
    return sum;
  }
  // Of all bits in use, how many a mask has: a guess at how often it lets an event through.
  double share(ClassWord mask) const;

 private:
  static constexpr std::uint32_t first_free = 6;
  static constexpr std::uint32_t free_bits = 25;

  ClassWord text_bits() const { return ((1U << text_count_) - 1) << text_first_; }
  ClassWord beginning_bits() const { return ((1U << beginnings_.count) - 1) << beginnings_.first_bit; }
  void choose_beginnings(std::span<const Beginning> choices);
  double told_apart(const BeginningClasses& by) const;
  bool add_beginning(Mask& sum, const Alternative& alternative) const;
  ClassWord number_bits() const { return ((1U << numbers_.count) - 1) << numbers_.first_bit; }
  void add_other(Mask& sum, const Alternative& alternative) const;
  void add_texts(Mask& sum, const Alternative& alternative) const;
  void add_numbers(Mask& sum, const Alternative& alternative) const;

  std::span<const std::string_view> texts_;
  std::span<const double> constants_;
  std::uint32_t text_first_ = first_free;
  std::uint32_t text_count_ = 1;
  NumberClasses numbers_;
  BeginningClasses beginnings_;
};

}  // namespace sagewatch
