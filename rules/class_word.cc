#include "rules/class_word.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace sagewatch {
namespace {

// Whether an alternative treats all strings alike that no rule spells out, and all numbers without a value.
enum class Unknown : std::uint8_t { accepted, refused, depends };

bool excludes_only_literals(const AnythingBut& but) {
  return std::all_of(but.excluded.begin(), but.excluded.end(), [](const Alternative& member) {
    return std::holds_alternative<ExactText>(member.test) || std::holds_alternative<ExactNumber>(member.test);
  });
}

struct OfUnknownString {
  Unknown operator()(const ExactText&) const { return Unknown::refused; }
  Unknown operator()(const ExactNumber&) const { return Unknown::refused; }
  Unknown operator()(const ExactWord&) const { return Unknown::refused; }
  Unknown operator()(const NumericRange&) const { return Unknown::refused; }
  Unknown operator()(const Absent&) const { return Unknown::refused; }
  Unknown operator()(const Exists&) const { return Unknown::accepted; }
  Unknown operator()(const AnythingBut& but) const {
    return excludes_only_literals(but) ? Unknown::accepted : Unknown::depends;
  }
  Unknown operator()(const auto&) const { return Unknown::depends; }
};

struct OfOddNumber {
  Unknown operator()(const ExactNumber& exact) const { return exact.value ? Unknown::refused : Unknown::depends; }
  Unknown operator()(const Exists&) const { return Unknown::accepted; }
  Unknown operator()(const AnythingBut&) const { return Unknown::accepted; }  // its numbers all have values
  Unknown operator()(const auto&) const { return Unknown::refused; }
};

void add_unknown(ClassLayout::Mask& sum, Unknown unknown, ClassWord bit) {
  if (unknown != Unknown::refused) sum.bits |= bit;
  if (unknown == Unknown::depends) sum.is_exact = false;
}

constexpr std::size_t few_texts = 128;  // so many are asked, one by one, for each test

// Whether asking it of many texts, one by one, is worth the time.
bool is_quickly_asked(const Alternative& alternative) {
  return std::holds_alternative<Prefix>(alternative.test) || std::holds_alternative<Suffix>(alternative.test) ||
         std::holds_alternative<Wildcard>(alternative.test);
}

// A number of that place; places between neighbouring doubles have none, and then the verdict does not matter.
double number_at(std::span<const double> constants, std::uint32_t place) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (constants.empty()) return 0;
  if (place % 2 == 1) return constants[place / 2];
  if (place == 0) return std::nextafter(constants.front(), -infinity);
  if (place / 2 == constants.size()) return std::nextafter(constants.back(), infinity);
  return std::nextafter(constants[place / 2 - 1], infinity);
}

}  // namespace

ClassLayout::ClassLayout(std::span<const std::string_view> texts, std::span<const double> numbers,
                         std::span<const Beginning> beginnings)
    : texts_(texts), constants_(numbers) {
  const auto wanted_texts = static_cast<std::uint32_t>(std::clamp<std::size_t>(texts.size(), 1, free_bits));
  const auto places = static_cast<std::uint32_t>(2 * numbers.size() + 1);
  const std::uint32_t left = std::max(free_bits - wanted_texts, numbers.empty() ? 1U : free_bits / 2);
  numbers_.places = places;
  numbers_.count = std::min(places, left);
  text_count_ = std::min(wanted_texts, free_bits - numbers_.count);
  numbers_.first_bit = text_first_ + text_count_;
  if ((texts.empty() || texts.size() > few_texts) && !beginnings.empty()) choose_beginnings(beginnings);
}

// How often two of the path's texts are of two classes.
double ClassLayout::told_apart(const BeginningClasses& by) const {
  constexpr std::size_t asked = 256;
  std::array<double, free_bits> counts{};
  double all = 0;
  for (std::size_t i = 0; i < texts_.size(); i += texts_.size() / asked + 1) {
    const std::string padded = std::string{texts_[i]} + std::string(8, '\0');
    const auto bit = static_cast<std::uint32_t>(std::countr_zero(by.of(padded.data(), texts_[i].size())));
    counts[bit - by.first_bit] += 1;
    all += 1;
  }
  double together = 0;
  for (const double count : counts) together += count / all * count / all;
  return 1 - together;
}

// What tells most of those that ask for a beginning from most strings, as far as those that rules spell out can say.
void ClassLayout::choose_beginnings(std::span<const Beginning> choices) {
  BeginningClasses made;
  made.count = texts_.empty() ? free_bits - 1 - numbers_.count : text_count_ / 2;
  if (made.count < 2) return;
  made.first_bit = text_first_ + text_count_ - made.count;
  if (texts_.empty()) made.first_bit = numbers_.first_bit + numbers_.count;
  double best = 0;
  for (const Beginning& choice : choices) {
    made.length = choice.length;
    const double told = texts_.empty() ? 1 - 1 / choice.parts : told_apart(made);
    if (choice.share * told > best) {
      best = choice.share * told;
      beginnings_ = made;
    }
  }
  if (beginnings_.length != 0 && !texts_.empty()) text_count_ -= made.count;
}

std::vector<double> ClassLayout::number_bounds() const {
  std::vector<double> bounds;
  for (std::uint32_t place = 1; place < numbers_.places; ++place) {
    if (numbers_.of(place) != numbers_.of(place - 1)) bounds.push_back(number_at(constants_, place));
  }
  return bounds;
}

double ClassLayout::share(ClassWord mask) const {
  // As if every class came equally often, but what rules do not spell out, and nothing at all, twice as often.
  const auto weight = [&](ClassWord classes) {
    const ClassWord common = classes & (class_absent | class_other_string);
    return std::popcount(classes) + std::popcount(common);
  };
  const ClassWord all = class_absent | class_other_string | text_bits() | number_bits();
  const double by_text = static_cast<double>(weight(mask & all)) / weight(all);
  if (beginnings_.length == 0) return by_text;
  return std::min(1.0, by_text + static_cast<double>(std::popcount(mask & beginning_bits())) / beginnings_.count);
}

void ClassLayout::add_other(Mask& sum, const Alternative& alternative) const {
  if (std::holds_alternative<Absent>(alternative.test)) sum.bits |= class_absent;
  for (const auto word : {Scalar::Kind::true_value, Scalar::Kind::false_value, Scalar::Kind::null_value}) {
    if (accepts(alternative, {word, {}, {}})) sum.bits |= class_of_word(word);
  }
  add_texts(sum, alternative);
  add_numbers(sum, alternative);
}

void ClassLayout::add_texts(Mask& sum, const Alternative& alternative) const {
  if (beginnings_.length != 0 && add_beginning(sum, alternative)) return;
  const auto accepts_text = [&](std::uint32_t i) {
    return accepts(alternative, {Scalar::Kind::string, texts_[i], {}});
  };
  const Unknown unknown = std::visit(OfUnknownString{}, alternative.test);
  add_unknown(sum, unknown, class_other_string);
  if (!texts_are_exact() && std::holds_alternative<AnythingBut>(alternative.test)) {
    sum.bits |= text_bits();
    sum.is_exact = false;
  } else if (texts_are_exact() || (texts_.size() <= few_texts && is_quickly_asked(alternative))) {
    for (std::uint32_t i = 0; i < texts_.size(); ++i) sum.bits |= accepts_text(i) ? of_text(i) : 0;
  } else if (unknown != Unknown::refused) {
    sum.bits |= text_bits();
  }
}

// If the alternative accepts only strings of one such class.
bool ClassLayout::add_beginning(Mask& sum, const Alternative& alternative) const {
  std::string beginning;
  if (const auto* prefix = std::get_if<Prefix>(&alternative.test)) beginning = prefix->text;
  if (const auto* wildcard = std::get_if<Wildcard>(&alternative.test)) beginning = wildcard->pieces().front();
  if (beginning.size() < beginnings_.length) return false;
  beginning.append(8, '\0');
  sum.bits |= beginnings_.of(beginning.data(), beginning.size() - 8);
  sum.is_exact = false;
  return true;
}

void ClassLayout::add_numbers(Mask& sum, const Alternative& alternative) const {
  add_unknown(sum, std::visit(OfOddNumber{}, alternative.test), class_odd_number);
  const auto verdict = [&](std::uint32_t place) {
    return accepts(alternative, {Scalar::Kind::number, {}, number_at(constants_, place)});
  };
  if (numbers_.are_exact()) {
    for (std::uint32_t place = 0; place < numbers_.places; ++place) {
      if (verdict(place)) sum.bits |= numbers_.of(place);
    }
    return;
  }
  // Many constants: by the bounds alone, since each place has its class in ascending order.
  const auto place_of = [&](double value) {
    const auto at = std::lower_bound(constants_.begin(), constants_.end(), value);
    return static_cast<std::uint32_t>(2 * (at - constants_.begin()) + (at != constants_.end() && *at == value ? 1 : 0));
  };
  const auto add_places = [&](std::uint32_t from, std::uint32_t to) {
    sum.is_exact = false;
    for (ClassWord bit = numbers_.of(from); bit <= numbers_.of(to); bit <<= 1) sum.bits |= bit;
  };
  if (const auto* exact = std::get_if<ExactNumber>(&alternative.test)) {
    if (exact->value) add_places(place_of(*exact->value), place_of(*exact->value));
  } else if (const auto* range = std::get_if<NumericRange>(&alternative.test)) {
    add_places(range->bottom ? place_of(range->bottom->value) : 0,
               range->top ? place_of(range->top->value) : numbers_.places - 1);
  } else if (std::holds_alternative<AnythingBut>(alternative.test)) {
    add_places(0, numbers_.places - 1);
  } else if (std::holds_alternative<Exists>(alternative.test)) {
    sum.bits |= number_bits();
  }
}

}  // namespace sagewatch
